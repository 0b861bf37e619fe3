/** A country of the example: how its people are called, where they live and which numbers nobody has. */
export type Country = {
  code: string
  share: number
  firstNames: readonly string[]
  lastNames: readonly string[]
  /** City, province code, postcode. */
  cities: readonly (readonly [string, string, string])[]
  streets: readonly string[]
  /** Makes the nth of the country's numbers for fiction, in E.164, with n below `phones`. */
  phone: (n: number) => string
  phones: number
}

const digits = (n: number, length: number): string => String(n).padStart(length, '0')

/** Area codes of cities in the United States; 555-0100 to 555-0199 of each are for fiction. Source: ATIS-0300115. */
const US_AREAS = [
  '201',
  '206',
  '212',
  '213',
  '214',
  '215',
  '303',
  '305',
  '312',
  '404',
  '415',
  '512',
  '602',
  '617',
  '702',
]

export const COUNTRIES: readonly Country[] = [
  {
    code: 'DE',
    share: 30,
    firstNames: ['Anna', 'Jörg', 'Käthe', 'Lukas', 'Mia', 'Björn', 'Zoë', 'Günther', 'Sophie', 'René', 'Ümit', 'Paula'],
    lastNames: ['Müller', 'Schäfer', 'Weiß', 'Groß', 'Köhler', 'Fischer', 'Yılmaz', 'von der Heide', 'Jäger', 'Nowak'],
    cities: [
      ['Köln', '', '50667'],
      ['München', '', '80331'],
      ['Berlin', '', '10115'],
      ['Lübeck', '', '23552'],
    ],
    streets: ['Lindenstraße', 'Am Mühlbach', 'Goethestraße', 'Schloßallee'],
    // Source: Bundesnetzagentur, Rufnummern für Medienproduktionen (Frankfurt, 069 90009 000 to 999).
    phone: (n) => (n < 1000 ? `+496990009${digits(n, 3)}` : `+493023125${digits(n - 1000, 3)}`),
    phones: 2000,
  },
  {
    code: 'GB',
    share: 18,
    firstNames: ['Olivia', 'Siân', 'George', 'Chloë', 'Harry', 'Niamh', 'Amélie', 'Jack', "Ma'isah", 'Freya'],
    lastNames: ["O'Neill", 'Smith', 'Brontë', 'Taylor-Jones', 'Evans', 'MacDonald', 'Patel', "D'Arcy"],
    cities: [
      ['London', 'ENG', 'SE1 9GF'],
      ['Cardiff', 'WLS', 'CF10 1EP'],
      ['Leeds', 'ENG', 'LS1 4AP'],
    ],
    streets: ['High Street', "St John's Road", 'Station Lane'],
    // Source: Ofcom, numbers for use in TV and radio drama (020 7946 0000 to 0999).
    phone: (n) => `+442079460${digits(n, 3)}`,
    phones: 1000,
  },
  {
    code: 'US',
    share: 22,
    firstNames: ['Emma', 'José', 'Liam', 'Renée', 'Noah', 'Beyoncé', 'Mason', 'Ava', "D'Angelo", 'Zoe'],
    lastNames: ['Johnson', 'García', 'Nguyễn', 'Williams', 'Muñoz', "O'Brien", 'Smith Jr.', 'Lee'],
    cities: [
      ['Austin', 'TX', '78701'],
      ['San José', 'CA', '95113'],
      ['New York', 'NY', '10001'],
    ],
    streets: ['Main St', 'Oak Avenue, Apt 4', '5th Ave'],
    phone: (n) => `+1${US_AREAS[Math.floor(n / 100)]}55501${digits(n % 100, 2)}`,
    phones: 1500,
  },
  {
    code: 'FR',
    share: 14,
    firstNames: ['Élodie', 'François', 'Hélène', 'Loïc', 'Chloé', 'Jérôme', 'Anaïs', 'Maëlle', 'Noël'],
    lastNames: ['Lefèvre', 'Dupré', "L'Hôpital", 'Gérard', 'de la Tour', 'Muños', 'Bœuf', 'Garçon'],
    cities: [
      ['Besançon', '', '25000'],
      ['Saint-Étienne', '', '42000'],
      ['Paris', '', '75004'],
    ],
    streets: ['rue de l’Église', 'avenue Émile-Zola', 'impasse du Chêne'],
    // Source: Arcep, numéros pour les œuvres audiovisuelles (02 61 91 00 00 to 99 99).
    phone: (n) => `+3326191${digits(n, 4)}`,
    phones: 10_000,
  },
  {
    code: 'PL',
    share: 8,
    firstNames: ['Łukasz', 'Małgorzata', 'Paweł', 'Agnieszka', 'Wojciech', 'Żaneta'],
    lastNames: ['Wójcik', 'Kowalska', 'Dąbrowski', 'Szczęsny', 'Król', 'Jabłońska'],
    cities: [
      ['Łódź', '', '90-001'],
      ['Kraków', '', '30-001'],
      ['Gdańsk', '', '80-001'],
    ],
    streets: ['ul. Długa', 'ul. Świętojańska', 'al. Niepodległości'],
    phone: () => '',
    phones: 0,
  },
  {
    code: 'SE',
    share: 8,
    firstNames: ['Åsa', 'Göran', 'Märta', 'Erik', 'Linnéa', 'Björn', 'Örjan'],
    lastNames: ['Sjöberg', 'Ågren', 'Lindström', 'Öberg', 'Nyström', 'Bäck'],
    cities: [
      ['Malmö', '', '211 20'],
      ['Göteborg', '', '411 03'],
      ['Umeå', '', '903 25'],
    ],
    streets: ['Storgatan', 'Kyrkvägen', 'Östra Hamngatan'],
    // Source: Post- och telestyrelsen, nummer för fiktion (070 174 06 05 to 06 99).
    phone: (n) => `+467017406${digits(5 + n, 2)}`,
    phones: 95,
  },
]

/** Reserved by RFC 2606 and RFC 6761: no mail can reach anybody. */
export const DOMAINS = [
  'example.com',
  'example.org',
  'example.net',
  'mail.example.com',
  'post.example.org',
  'familie.example',
  'boîte.example',
  'studio-nord.example',
]

export const NOTES = [
  'Prefers delivery on Saturdays',
  'Asked for "gift wrap", twice',
  'Ring the bell, then wait\nLeave with the neighbour, flat 3',
  'Says: "the green one", not the blue one',
  'Größe M; mag kein Plastik',
  'Café owner, buys in bulk\n\nInvoice by post',
  '5,5 % discount promised for the next order',
  '"Best shop ever"',
]

export const TAGS = ['vip', 'newsletter', 'b2b', 'summer 2026', 'first order', 'wholesale, EU', 'naïve']
export const COMPANIES = [
  'Bäckerei Lang & Söhne',
  'Smith, Jones and Co.',
  '"Le Petit" SARL',
  'Nordisk Form AB',
  'Acme Inc.',
]
