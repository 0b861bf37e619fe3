import type { ReactNode } from 'react'

/** Terms and what they are, for the details of one thing. */
export function Definitions({ items }: { items: [string, ReactNode][] }) {
  return (
    <dl className="oc-definition">
      {items.map(([term, value]) => (
        <div key={term} style={{ display: 'contents' }}>
          <dt>{term}</dt>
          <dd>{value ?? '–'}</dd>
        </div>
      ))}
    </dl>
  )
}
