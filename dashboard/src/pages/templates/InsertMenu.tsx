import { Button, Menu, ScrollArea, TextInput } from '@mantine/core'
import { IconCodePlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { couponMenuQuery } from '../../api/coupons.ts'

const PERSON = [
  { label: 'First name', text: "{{ first_name|default:'there' }}" },
  { label: 'Last name', text: "{{ last_name|default:'' }}" },
  { label: 'Email', text: '{{ email }}' },
]
const ACCOUNT = [
  { label: 'Your name', text: '{{ organization.name }}' },
  { label: 'Your postal address', text: '{{ organization.full_address }}' },
  { label: 'Unsubscribe link', text: '{% unsubscribe %}' },
]
const LOGIC = [{ label: 'Only if a first name is known', text: '{% if first_name %}…{% else %}…{% endif %}' }]

/** From this many coupons on, the menu can be searched. */
const MANY = 4

type Entry = { label: string; text: string }

/** What a template can say about a person, put in at the cursor. */
export function InsertMenu({ onInsert }: { onInsert: (text: string) => void }) {
  const { data } = useQuery(couponMenuQuery)
  const [search, setSearch] = useState('')
  const names = (data?.items ?? []).map(({ name }) => name)
  const coupons = names.filter((name) => name.toLowerCase().includes(search.toLowerCase()))
  return (
    <Menu width={300} returnFocus={false}>
      <Menu.Target>
        <Button
          size="xs"
          variant="light"
          mb={6}
          leftSection={<IconCodePlus size={16} aria-hidden />}
          style={{ flexShrink: 0 }}
        >
          Insert
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {names.length > MANY && (
          <TextInput
            size="xs"
            p={4}
            aria-label="Search coupons"
            placeholder="Search coupons"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        <ScrollArea.Autosize mah={380}>
          {coupons.map((name) => (
            <div key={name}>
              <Menu.Label>{name}</Menu.Label>
              <Entries
                onInsert={onInsert}
                entries={[
                  { label: 'The person’s code', text: `{% coupon_code '${name}' %}` },
                  { label: 'Until when it holds', text: `{% coupon_expires '${name}' %}` },
                  { label: 'Link that applies it', text: `{% coupon_link '${name}' '/' %}` },
                ]}
              />
            </div>
          ))}
          <Menu.Label>The person</Menu.Label>
          <Entries onInsert={onInsert} entries={PERSON} />
          <Menu.Label>Sender</Menu.Label>
          <Entries onInsert={onInsert} entries={ACCOUNT} />
          <Menu.Label>Conditions</Menu.Label>
          <Entries onInsert={onInsert} entries={LOGIC} />
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  )
}

function Entries({ entries, onInsert }: { entries: Entry[]; onInsert: (text: string) => void }) {
  return entries.map(({ label, text }) => (
    <Menu.Item key={text} onClick={() => onInsert(text)}>
      {label}
    </Menu.Item>
  ))
}
