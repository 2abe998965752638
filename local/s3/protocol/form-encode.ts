/** Encodes a key as S3 does in events and in lists with `encoding-type=url`: like a form, but with `/` as it is. */
export const formEncode = (text: string): string =>
  /^[\w.*/-]*$/.test(text)
    ? text
    : encodeURIComponent(text.toWellFormed())
        .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
        .replaceAll('%20', '+')
        .replaceAll('%2F', '/');
