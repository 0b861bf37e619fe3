import { html } from '@codemirror/lang-html'
import { useComputedColorScheme } from '@mantine/core'
import CodeMirror, { EditorView, type ReactCodeMirrorRef } from '@uiw/react-codemirror'
import { type Ref, useImperativeHandle, useRef } from 'react'

export type EditorHandle = {
  /** Puts text at the cursor, in place of what is selected. */
  insert: (text: string) => void
  /** Moves the cursor; both count from 1. */
  goTo: (line: number, column: number) => void
}

type Props = {
  ref: Ref<EditorHandle>
  value: string
  onChange: (value: string) => void
  label: string
  plain: boolean
  height?: string
}

const WRAP = EditorView.lineWrapping
const HTML = [html(), WRAP]
const PLAIN = [WRAP]

/** Loaded only on the pages that edit a template. */
export function HtmlEditor({ ref, value, onChange, label, plain, height = '520px' }: Props) {
  const mirror = useRef<ReactCodeMirrorRef>(null)
  const scheme = useComputedColorScheme()
  useImperativeHandle(ref, () => ({
    insert: (text) => {
      const view = mirror.current?.view
      if (!view) return
      view.dispatch(view.state.replaceSelection(text))
      view.focus()
    },
    goTo: (line, column) => {
      const view = mirror.current?.view
      if (!view) return
      const { from, to } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines))
      const at = Math.min(from + Math.max(column, 1) - 1, to)
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
      view.focus()
    },
  }))
  return (
    <CodeMirror
      ref={mirror}
      className="oc-editor"
      height={height}
      value={value}
      onChange={onChange}
      theme={scheme}
      extensions={plain ? PLAIN : HTML}
      // Tab moves on to the next control, as everywhere else on the page.
      indentWithTab={false}
      aria-label={label}
      basicSetup={{ foldGutter: false, highlightActiveLine: true }}
    />
  )
}
