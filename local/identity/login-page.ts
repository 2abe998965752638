import type { User } from './users.ts';

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 26rem; margin: 8vh auto; padding: 0 1rem; }
fieldset { border: 1px solid currentColor; border-radius: .5rem; padding: .5rem 1rem 1rem; margin: 0 0 1rem; }
label { display: block; padding: .35rem 0; }
input[type=text], input[type=password] { font: inherit; width: 100%; padding: .4rem; box-sizing: border-box; }
button { font: inherit; font-weight: 600; padding: .5rem 1.25rem; cursor: pointer; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
[role=alert] { border-left: .3rem solid #b00020; padding: .25rem .75rem; }
`;

export interface LoginPage {
  readonly clientName: string;
  readonly users: readonly User[];
  /** Parameters of the authorization request, which the form sends back. */
  readonly query: string;
  readonly csrf: string;
  readonly problem?: string;
}

/** The sign-in: choose one of the local users or enter a name; only users who were given a password are asked for it. */
export const loginPage = ({ clientName, users, query, csrf, problem }: LoginPage): string =>
  page(
    'Sign in',
    `<h1>Sign in</h1>
<p>to <strong>${escapeHtml(clientName)}</strong>, on this machine only.</p>
${problem === undefined ? '' : `<p role="alert">${escapeHtml(problem)}</p>`}
<form method="post" action="/login?${escapeHtml(query)}">
<input type="hidden" name="_csrf" value="${escapeHtml(csrf)}">
${users.length === 0 ? '' : userChoice(users)}
<fieldset><legend>${users.length === 0 ? 'User' : 'Or somebody else'}</legend>
<label for="name">User name or e-mail address</label>
<input type="text" id="name" name="name" autocomplete="username" autocapitalize="none" spellcheck="false">
<label for="password">Password, if the user has one</label>
<input type="password" id="password" name="password" autocomplete="current-password">
</fieldset>
<button type="submit">Sign in</button>
</form>`,
  );

const userChoice = (users: readonly User[]): string => {
  const choices = users.map((user, index) => {
    const email = user.attributes['email'];
    const label = email === undefined || email === user.username ? user.username : `${user.username} (${email})`;
    const checked = index === 0 ? ' checked' : '';
    return `<label><input type="radio" name="username" value="${escapeHtml(user.username)}"${checked}> ${escapeHtml(label)}</label>`;
  });
  return `<fieldset><legend>Local users</legend>\n${choices.join('\n')}\n</fieldset>`;
};

/** The page for a request whose redirect cannot be trusted. */
export const errorPage = (error: string, message: string): string =>
  page(
    'This sign-in cannot go on',
    `<h1>This sign-in cannot go on</h1>\n<p role="alert"><code>${escapeHtml(error)}</code>: ${escapeHtml(message)}</p>`,
  );

const page = (title: string, body: string): string =>
  `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${style}</style></head>
<body><main>${body}</main></body></html>
`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => entities[char] ?? char);
