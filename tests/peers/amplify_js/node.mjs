// Reads {config, libraryOptions?, life? | calls?} from stdin and prints what came of it.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

import { call, configure, life } from "./steps.mjs";

const asked = JSON.parse(readFileSync(0, "utf-8"));
// The file as a frontend imports it: a module, or JSON.
const config = asked.file.endsWith(".json")
  ? JSON.parse(readFileSync(asked.file, "utf-8"))
  : (await import(pathToFileURL(asked.file))).default;
const { credentials, tokens } = asked;
configure(config, credentials || tokens ? { Auth: {
  credentialsProvider: {
    getCredentialsAndIdentityId: async () => ({ credentials }),
    clearCredentialsAndIdentityId: () => {},
  },
  tokenProvider: { getTokens: async () => {
    const decoded = (token) => ({
      toString: () => token,
      payload: JSON.parse(Buffer.from(token.split(".")[1], "base64url")),
    });
    return { accessToken: decoded(tokens.access), idToken: decoded(tokens.id) };
  } },
} } : undefined);
const answer = asked.life
  ? await life(asked.life, asked.helper)
  : await Promise.all(asked.calls.map((one) => call(...one)));
process.stdout.write(JSON.stringify({ answer, values: {
  appsync: config.aws_appsync_graphqlEndpoint ?? null,
  data: config.data?.url ?? null,
} }), () => process.exit(0));
