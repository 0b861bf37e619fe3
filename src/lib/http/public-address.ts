import { type LookupAddress, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** IPv4 networks that are nobody's public server. Source: IANA IPv4 Special-Purpose Address Registry. */
const PRIVATE_IPV4: [string, number][] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carriers, and services of some clouds
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, and the metadata services of clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
/** Within the global unicast space: protocol assignments with Teredo, documentation, and 6to4, which wraps any IPv4 address. */
const PRIVATE_IPV6: [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const blocked = new BlockList()
for (const [network, bits] of PRIVATE_IPV4) blocked.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of PRIVATE_IPV6) blocked.addSubnet(network, bits, 'ipv6')
/** The only IPv6 space that public servers have; everything else (loopback, local, IPv4-mapped, translated) is refused. */
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

/** Whether a numeric address is one of the public internet. Anything that is not an address is not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !blocked.check(address, 'ipv4')
  return family === 6 && globalUnicast.check(address, 'ipv6') && !blocked.check(address, 'ipv6')
}

/** Whether the host of a URL may be one of the public internet: no name without a dot, no local one, no private address. */
export function isPublicHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host)) return isPublicAddress(host)
  return host.includes('.') && !/(^|\.)(localhost|local|internal|test|invalid)\.?$/i.test(host)
}

/** Raised instead of a connection to an address of the own network. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError'
  constructor(host: string) {
    super(`${host} is not an address of the public internet.`)
  }
}

type Resolve = (host: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void

const resolveAll: Resolve = (host, done) => lookup(host, { all: true }, (error, found) => done(error, found ?? []))

/**
 * A `lookup` for sockets that fails with PrivateAddressError when any address of the name is not public. The socket connects
 * to what was checked here, so that a name that changes its mind between check and connection gains nothing.
 */
export function createPublicLookup(resolve: Resolve = resolveAll): LookupFunction {
  return (host, options, done) => {
    resolve(host, (error, addresses) => {
      const [first] = addresses
      if (error) done(error, '', 0)
      else if (!first || addresses.some(({ address }) => !isPublicAddress(address)))
        done(new PrivateAddressError(host), '', 0)
      else if (options.all) done(null, addresses)
      else done(null, first.address, first.family)
    })
  }
}
