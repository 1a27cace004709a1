// Plays a table of pairs, read from stdin as {config, callers, pairs, fence}, with
// amplify-js as it is: subscribes, waits for the acknowledgement, writes, and prints what
// each pair has heard when the fence, written last, has come over the same connection.
import { readFileSync } from "node:fs";

import { Amplify } from "aws-amplify";
import { generateClient } from "aws-amplify/api";
import { Hub } from "aws-amplify/utils";

const { config, callers, pairs, fence } = JSON.parse(readFileSync(0, "utf-8"));
let now = callers.alice;
Amplify.configure(JSON.parse(readFileSync(config, "utf-8")), { Auth: {
  credentialsProvider: {
    getCredentialsAndIdentityId: async () => ({ credentials: callers.iam }),
    clearCredentialsAndIdentityId: () => {},
  },
  tokenProvider: { getTokens: async () => {
    const payload = JSON.parse(Buffer.from(now.token.split(".")[1], "base64url"));
    const token = { toString: () => now.token, payload };
    return { accessToken: token, idToken: token };
  } },
} });
const client = generateClient();

const MODES = { key: "apiKey", iam: "iam" };
let acknowledged = () => {};
Hub.listen("api", ({ payload }) => {
  if (payload.event === "Subscription ack") acknowledged();
});

// What is asked as one caller is asked before the next one's turn.
function ask(caller, query) {
  now = callers[caller].token ? callers[caller] : now;
  return client.graphql({ query, authMode: MODES[caller] ?? "userPool" });
}

const write = (caller, query) => ask(caller, query).catch(() => {});

function listen(caller, query, next, error) {
  let subscription;
  const live = new Promise((resolve) => {
    const asked = ask(caller, query);
    acknowledged = resolve;
    subscription = asked.subscribe({ next, error: (refused) => {
      error(refused);
      resolve();
    } });
  });
  return live.then(() => subscription);
}

// After a refusal by the rules amplify-js closes the connection, and reconnects; a
// subscription that begins meanwhile is never started.
const letGo = () => new Promise((resolve) => { setTimeout(resolve, 1_500); });

async function play({ listener, subscription, before, writes }) {
  const events = [];
  let refusal = null;
  for (const [caller, mutation] of before) await write(caller, mutation);
  const told = (refused) => (refused.errors ?? [refused]).map((one) => one.message).join("; ");
  const hearing = await listen(listener, subscription,
    (event) => events.push(event.errors ? null : event.data),
    (refused) => { refusal = told(refused); });
  if (refusal === null) {
    let passed;
    const fenced = new Promise((resolve) => { passed = resolve; });
    const last = await listen("key", fence.listen, passed, (refused) => passed(refused));
    for (const [caller, mutation] of writes) await write(caller, mutation);
    await write("key", fence.write);
    await fenced;
    last.unsubscribe();
  }
  hearing.unsubscribe();
  if (refusal !== null) await letGo();
  return { events, refusal };
}

const answer = [];
for (const pair of pairs) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, 3_000, { events: [], refusal: "nothing has come" });
  });
  answer.push(await Promise.race([play(pair), late]));
  clearTimeout(timer);
}
process.stdout.write(JSON.stringify(answer), () => process.exit(0));
