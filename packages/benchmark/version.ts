/** Version of the code that makes scores; it changes whenever a score could. */
export const CODE_VERSION = '0.2.0';
