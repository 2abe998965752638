/** Larger requests are refused, as DynamoDB does. */
export const maxBodyBytes = 16 * 1024 * 1024;
