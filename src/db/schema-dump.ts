import { sql } from 'kysely'
import type { Db } from './database.ts'

const OURS = `n.nspname = 'public' and c.relname not like 'schema_migrations%'`

/**
 * The schema as text: tables with columns and constraints, indexes, triggers, functions, in the order of their names.
 *
 * `src/db/schema.sql` holds this text; a test compares them, so that a change of schema is seen in review.
 */
export async function dumpSchema(db: Db): Promise<string> {
  const tables = await sql<{ name: string; columns: string; constraints: string | null; options: string | null }>`
    select c.relname as name,
      (select string_agg('  ' || quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
          || case when a.attnotnull then ' not null' else '' end
          || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
          || case when a.attstattarget >= 0 then ' statistics ' || a.attstattarget else '' end, E',\n' order by a.attnum)
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select string_agg('  constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid), E',\n' order by k.conname)
        from pg_constraint k where k.conrelid = c.oid and k.contype <> 'n') as constraints,
      array_to_string(c.reloptions, ', ') as options
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and ${sql.raw(OURS)}
    order by c.relname`.execute(db)
  const parts = await sql<{ definition: string }>`
    select pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
    where ${sql.raw(OURS)} and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))
    union all
    select pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
      join pg_namespace n on n.oid = c.relnamespace where not t.tgisinternal and ${sql.raw(OURS)}
    union all
    select pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public'
    order by 1`.execute(db)
  const texts = tables.rows.map((table) => {
    const body = [table.columns, table.constraints].filter(Boolean).join(',\n')
    return `create table ${table.name} (\n${body}\n)${table.options ? ` with (${table.options})` : ''};`
  })
  return `${[...texts, ...parts.rows.map((part) => `${part.definition.trim()};`)].join('\n\n')}\n`
}
