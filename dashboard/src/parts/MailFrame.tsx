type Props = { html: string; title: string }

const STYLE = '<style>html{background:#fff;color-scheme:light}img{max-width:100%}</style><base target="_blank">'

/** A mail as its reader sees it. The empty sandbox lets no script run, no form be sent and no link lead away. */
export function MailFrame({ html, title }: Props) {
  return <iframe className="oc-mail" title={title} sandbox="" srcDoc={STYLE + html} />
}
