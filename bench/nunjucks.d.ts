/** What the bench uses of nunjucks, which brings no types. */
declare module 'nunjucks' {
  class Environment {
    constructor(loader: null, options: { autoescape: boolean })
  }
  class Template {
    constructor(source: string, environment: Environment, path: undefined, eagerCompile: boolean)
    render(context: Record<string, unknown>): string
  }
  const nunjucks: { Environment: typeof Environment; Template: typeof Template }
  export = nunjucks
}
