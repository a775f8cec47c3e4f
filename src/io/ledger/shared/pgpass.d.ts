/** The files in which PostgreSQL's own programs look for a password. */
declare module 'pgpass' {
  const passwordInFile: (
    connection: {
      readonly host: string;
      readonly port: number;
      readonly database: string | undefined;
      readonly user: string;
    },
    callback: (password: string | undefined) => void,
  ) => void;
  export default passwordInFile;
}
