/** A good mail to begin with: one message, the person's code, one button, the imprint. */
export function starterHtml(couponName: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>
      @media (max-width: 600px) {
        .card { padding: 28px 20px !important; }
      }
    </style>
  </head>
  <body style="margin: 0; background: #f4f2ee; font-family: Helvetica, Arial, sans-serif; color: #1f1d1a;">
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0">
      <tr>
        <td align="center" style="padding: 32px 12px;">
          <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width: 560px;">
            <tr>
              <td style="padding-bottom: 20px; font-size: 18px; font-weight: bold; text-align: center;">
                {{ organization.name }}
              </td>
            </tr>
            <tr>
              <td class="card" style="background: #ffffff; border-radius: 14px; padding: 40px;">
                <h1 style="margin: 0 0 12px; font-size: 26px; line-height: 1.25;">
                  Hello {{ first_name|default:'there' }}, this one is yours
                </h1>
                <p style="margin: 0 0 24px; font-size: 16px; line-height: 1.6;">
                  Thank you for being with us. Here is a discount code that was made for you alone.
                </p>
                <table role="presentation" width="100%" cellpadding="0" cellspacing="0">
                  <tr>
                    <td align="center" style="border: 2px dashed #1f7165; border-radius: 10px; padding: 20px;">
                      <div style="font-size: 13px; color: #6b665c;">Your code</div>
                      <div style="font-family: Menlo, Consolas, monospace; font-size: 22px; font-weight: bold;">
                        {% coupon_code '${couponName}' %}
                      </div>
                    </td>
                  </tr>
                </table>
                <p style="margin: 16px 0 0; font-size: 14px; line-height: 1.6; color: #6b665c; text-align: center;">
                  Enter it at checkout. It works once.
                </p>
              </td>
            </tr>
            <tr>
              <td style="padding: 24px 12px; font-size: 12px; line-height: 1.6; color: #6b665c; text-align: center;">
                {{ organization.name }}, {{ organization.full_address }}<br>
                {% unsubscribe %}
              </td>
            </tr>
          </table>
        </td>
      </tr>
    </table>
  </body>
</html>
`
}

export const STARTER_SUBJECT = "{{ first_name|default:'Hello' }}, here is your own code"
export const STARTER_PREVIEW_TEXT = 'Made for you alone. It works once.'
/** The coupon of the examples, for an account without any. */
export const EXAMPLE_COUPON = 'WELCOME20'
