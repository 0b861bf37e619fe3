import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const pine: MantineColorsTuple = [
  '#edf6f4',
  '#d9ece7',
  '#b4d9d0',
  '#8ac5b8',
  '#63b1a1',
  '#459c8b',
  '#2c8676',
  '#1f7165',
  '#185a51',
  '#10453e',
]
const honey: MantineColorsTuple = [
  '#fdf6e8',
  '#f9ebcd',
  '#f2d699',
  '#eabf62',
  '#e3ab37',
  '#d49a22',
  '#b37f17',
  '#8f6411',
  '#6f4d0e',
  '#52390b',
]
const gray: MantineColorsTuple = [
  '#faf9f7',
  '#f4f2ee',
  '#e9e6e0',
  '#dcd8d0',
  '#c9c4ba',
  '#a39d92',
  '#6b665c',
  '#4f4b43',
  '#34312b',
  '#1f1d1a',
]
const dark: MantineColorsTuple = [
  '#e4e6e2',
  '#c3c7c0',
  '#a0a59d',
  '#737871',
  '#434842',
  '#333833',
  '#272b27',
  '#1c1f1c',
  '#141714',
  '#0d0f0d',
]

const SANS = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
const MONO = "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'Liberation Mono', monospace"

export const theme = createTheme({
  colors: { pine, honey, gray, dark },
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 7 },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '9px', lg: '14px', xl: '22px' },
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: '0.78rem', sm: '0.885rem', md: '0.955rem', lg: '1.08rem', xl: '1.25rem' },
  headings: {
    fontFamily: SANS,
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.6rem', lineHeight: '1.25' },
      h2: { fontSize: '1.14rem', lineHeight: '1.35' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // Most of them are there from the start; what breaks in says role="alert" itself.
    Alert: { defaultProps: { role: 'note' } },
    Paper: { defaultProps: { radius: 'lg', withBorder: true } },
    Modal: { defaultProps: { radius: 'lg', centered: true }, styles: { title: { fontWeight: 650 } } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: true } },
    Menu: { defaultProps: { position: 'bottom-end', shadow: 'md' } },
  },
})

/** Tinted surfaces of the dark scheme: light enough to be seen on a card, with text that stands out from them. */
const DARK_TINTS = Object.fromEntries(
  ['pine', 'honey', 'gray', 'red', 'orange', 'cyan', 'indigo'].flatMap((color) => [
    [`--mantine-color-${color}-light`, `color-mix(in srgb, var(--mantine-color-${color}-6) 26%, transparent)`],
    [`--mantine-color-${color}-light-hover`, `color-mix(in srgb, var(--mantine-color-${color}-6) 36%, transparent)`],
    [`--mantine-color-${color}-light-color`, `var(--mantine-color-${color}-2)`],
  ]),
)

/** The canvas lies behind cards, the body colour is the cards' own. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--oc-canvas': '#f8f7f4',
    '--oc-line': '#e6e2db',
    '--oc-rest': '#c9c4ba',
    '--oc-ticket': '#fdf6e8',
    '--oc-ticket-line': '#e2c88c',
    '--oc-ticket-ink': '#5d420d',
    '--mantine-color-honey-light': '#fbf0d8',
    '--mantine-color-default-border': '#d9d4cb',
    '--mantine-color-dimmed': '#686359',
    '--mantine-color-placeholder': '#767166',
    '--oc-warn': '#a8480b',
    '--mantine-color-orange-light-color': '#a8480b',
  },
  dark: {
    ...DARK_TINTS,
    '--oc-canvas': '#131613',
    '--oc-warn': '#ffa94d',
    '--mantine-color-error': 'var(--mantine-color-red-5)',
    '--oc-line': '#2d322d',
    '--oc-rest': '#4d544d',
    '--oc-ticket': '#2b2517',
    '--oc-ticket-line': '#6b5526',
    '--oc-ticket-ink': '#f0d9a3',
    '--mantine-color-body': '#1b1e1b',
    '--mantine-color-default': '#222622',
    '--mantine-color-default-border': '#3a403a',
    '--mantine-color-dimmed': '#a0a59d',
  },
})
