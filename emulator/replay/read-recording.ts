import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { chooseRequest, type RecordedRequest } from './choose-request.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import { resolveVariables } from './resolve-variables.ts'

/** One request of a recording with the reply that the real store gave. */
export interface RecordedStep {
  name: string
  query: string
  variables: JsonObject
  status: number
  body: JsonObject
}

export interface Recording {
  file: string
  storeDomain: string | null
  /** Milliseconds. */
  recordedAt: number
  steps: RecordedStep[]
  /** Replies for which the file holds no request; they cannot be replayed. */
  unmatched: string[]
  /** Replies that hold facts about objects of the store, the publishing project's own look-ups among them. */
  facts: Json[]
}

/** Parts of a recording that are no steps. */
const NO_STEPS = new Set([
  'requests',
  'upstreamCalls',
  'scopeProbe',
  'accessScopes',
  'seedDiscounts',
  'preCleanup',
  'variables',
  'metadata',
  'notes',
  'deliveryPolicy',
])

interface Found {
  name: string
  holder: JsonObject
  body: JsonObject
  status: number
}

/** Reads a file of recorded traffic: every reply in the order of the file, each with its request. */
export function readRecording(file: string): Recording {
  const json = JSON.parse(readFileSync(file, 'utf8')) as JsonObject
  const requests = collectRequests(json, file)
  const steps: RecordedStep[] = []
  const unmatched: string[] = []
  for (const found of findReplies(json, '', true)) {
    const own = readRequest(found.holder, found.name, file)
    const request = own ?? chooseRequest(requests, found.name, found.body)
    if (!request) {
      unmatched.push(found.name)
      continue
    }
    const given = isObject(found.holder.variables) ? found.holder.variables : own?.variables
    const known = isObject(json.variables) ? json.variables : {}
    const variables = resolveVariables({ request, given, known, stepName: found.name, body: found.body })
    steps.push({ name: found.name, query: request.query, variables, status: found.status, body: found.body })
  }
  const metadata = isObject(json.metadata) ? json.metadata : {}
  return {
    file: basename(file),
    storeDomain: textOf(json.storeDomain ?? metadata.storeDomain),
    recordedAt: findTime(json, metadata, steps),
    steps,
    unmatched,
    facts: [
      ...(Array.isArray(json.upstreamCalls) ? json.upstreamCalls : []),
      ...(json.seedDiscounts ? [json.seedDiscounts] : []),
      ...steps.map((step) => step.body),
    ],
  }
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null
}

/** The recorded time, else the first time of creation in a reply, else the stamp that runs put into their names. */
function findTime(json: JsonObject, metadata: JsonObject, steps: RecordedStep[]): number {
  const first = /"createdAt":"([^"]+)"/.exec(JSON.stringify(steps.map((step) => step.body)))?.[1]
  const captured = textOf(json.capturedAt ?? metadata.capturedAt)
  const run = typeof json.runId === 'number' ? json.runId : Number.NaN
  const stamp = Number(
    /\D(1[6-9]\d{11})\D/.exec(JSON.stringify(json.variables ?? steps.map((step) => step.variables)))?.[1] ?? Number.NaN,
  )
  for (const time of [
    captured ? Date.parse(captured) : Number.NaN,
    first ? Date.parse(first) : Number.NaN,
    run,
    stamp,
  ]) {
    if (!Number.isNaN(time)) return time
  }
  return findStart(steps) ?? Date.now()
}

/** A minute after the latest start that lies in the past: recordings let their discounts start at once. */
function findStart(steps: RecordedStep[]): number | undefined {
  const starts = [...JSON.stringify(steps.map((step) => step.variables)).matchAll(/"startsAt":"([^"]+)"/g)]
  const times = starts.map((match) => Date.parse(match[1] ?? '')).filter((time) => time < Date.now() + 366 * 86_400_000)
  return times.length > 0 ? Math.max(...times) + 60_000 : undefined
}

function collectRequests(json: JsonObject, file: string): RecordedRequest[] {
  const named = isObject(json.requests) ? Object.entries(json.requests) : []
  const calls = Array.isArray(json.upstreamCalls) ? json.upstreamCalls : []
  return [
    ...named.flatMap(([name, value]) => (isObject(value) ? (readRequest(value, name, file) ?? []) : [])),
    ...findNested(json, file),
    ...calls.flatMap((value) => (isObject(value) ? (readRequest(value, '', file) ?? []) : [])),
  ]
}

/** Requests that stand beside replies further inside, for replies that lack one. */
function findNested(json: JsonObject, file: string): RecordedRequest[] {
  return findReplies(json, '', true).flatMap((found) => readRequest(found.holder, found.name, file) ?? [])
}

function readRequest(value: JsonObject, name: string, file: string): RecordedRequest | undefined {
  if (isObject(value.request)) return readRequest(value.request, name, file)
  const variables = isObject(value.variables) ? value.variables : undefined
  if (typeof value.query === 'string') return { name, query: value.query, variables }
  if (typeof value.documentPath !== 'string') return undefined
  const path = join(dirname(file), 'documents', basename(value.documentPath))
  return existsSync(path) ? { name, query: readFileSync(path, 'utf8'), variables } : undefined
}

function findReplies(value: Json, name: string, isRoot: boolean): Found[] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => findReplies(entry, `${name}[${index}]`, false))
  if (!isObject(value)) return []
  const reply = readReply(value)
  const found: Found[] = reply ? [{ name: name || 'response', holder: value, ...reply }] : []
  for (const [key, entry] of Object.entries(value)) {
    if ((isRoot && NO_STEPS.has(key)) || (reply && (key === 'response' || key === 'payload'))) continue
    found.push(...findReplies(entry, isRoot || !name ? key : `${name}.${key}`, false))
  }
  return found
}

/** A reply is a body under `payload` or `response`, or both nested, with the HTTP status beside it. */
function readReply(holder: JsonObject): { body: JsonObject; status: number } | undefined {
  const outer = isObject(holder.response) ? holder.response : isObject(holder.payload) ? holder : undefined
  if (!outer) return undefined
  const inner = isObject(outer.payload) ? outer.payload : isObject(outer.body) ? outer.body : outer
  if (!('data' in inner) && !('errors' in inner)) return undefined
  const status =
    typeof outer.status === 'number' ? outer.status : typeof holder.status === 'number' ? holder.status : 200
  return { body: inner, status }
}
