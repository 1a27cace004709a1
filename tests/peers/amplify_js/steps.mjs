// What a frontend does from its first visit to its last, with amplify-js as it is. The
// same file runs in Node and, bundled, in a browser; only fetch and crypto are used.
import { Amplify } from "aws-amplify";
import { generateClient } from "aws-amplify/api";
import * as auth from "aws-amplify/auth";

const PASSWORD = "Correct-Horse-9";
const LIST = "query List { listNotes { items { id text owner } } }";
const CREATE = "mutation Create($text: String!) { createNote(input: { text: $text }) { id text owner } }";
const HEARD = "subscription Heard { onCreateNote { id text owner } }";

export function configure(config, libraryOptions) {
  Amplify.configure(config, libraryOptions);
}

// Without Cognito: every mode with credentials from elsewhere.
export async function call(authMode, query, variables, authToken) {
  const client = generateClient();
  try {
    return await client.graphql({ query, variables, authMode, authToken });
  } catch (refused) {
    return { data: refused.data ?? null, errors: refused.errors ?? [told(refused)] };
  }
}

// Sign-up to sign-out; `helper` is the URL of whoever reads the outbox.
export async function life(username, helper) {
  const seen = {};
  const step = async (name, act) => {
    try {
      seen[name] = await act();
    } catch (refused) {
      seen[name] = told(refused);
    }
  };
  await step("guest lists", () => items("apiKey"));
  await step("guest's role lists", () => items("iam"));
  await step("signs up", async () => (await auth.signUp({
    username,
    password: PASSWORD,
    options: { userAttributes: { email: `${username}@example.com` } },
  })).nextStep.signUpStep);
  await step("unconfirmed", async () => (await signIn(username, PASSWORD)).signInStep);
  await step("wrong code", () => auth.confirmSignUp({ username, confirmationCode: "000000" }));
  await step("confirms", async () => (await auth.confirmSignUp({
    username,
    confirmationCode: await (await fetch(`${helper}/code/${username}`)).text(),
  })).nextStep.signUpStep);
  await step("wrong password", () => signIn(username, "Wrong-Horse-9"));
  await step("unknown user", () => signIn("nobody", "Wrong-Horse-9"));
  await step("signs in by SRP", async () => (await signIn(username, PASSWORD)).signInStep);
  await step("who", async () => (await auth.getCurrentUser()).username);
  await step("e-mail", async () => (await auth.fetchUserAttributes()).email);
  await step("writes", async () => (await call("userPool", CREATE, { text: "first" })).data.createNote.owner);
  await step("hears", () => heard());
  await step("role lists", () => items("iam"));
  await step("refreshes", async () => {
    const before = (await auth.fetchAuthSession()).tokens.accessToken.payload.jti;
    const session = await auth.fetchAuthSession({ forceRefresh: true });
    return session.tokens.accessToken.payload.jti !== before;
  });
  await step("lists", () => items("userPool"));
  let secret;
  await step("asks for a secret", async () => {
    secret = (await auth.setUpTOTP()).sharedSecret;
    return secret.length > 15;
  });
  await step("wrong first TOTP", () => auth.verifyTOTPSetup({ code: "000000" }));
  await step("first TOTP", async () => (await auth.verifyTOTPSetup({ code: await totp(secret) })) ?? "done");
  await step("prefers TOTP", async () => (await auth.updateMFAPreference({ totp: "PREFERRED" })) ?? "done");
  await step("signs out", async () => (await auth.signOut()) ?? "done");
  await step("signed out", async () => (await auth.fetchAuthSession()).tokens ?? "no tokens");
  await step("signs in again", async () => (await signIn(username, PASSWORD)).signInStep);
  await step("wrong TOTP", () => auth.confirmSignIn({ challengeResponse: "000000" }));
  await step("signs in afresh", async () => (await signIn(username, PASSWORD)).signInStep);
  await step("TOTP", async () => (await auth.confirmSignIn({
    challengeResponse: await totp(secret, 30),
  })).nextStep.signInStep);
  await step("lists with both", () => items("userPool"));
  await step("role writes", async () => (await call("iam", CREATE, { text: "no" })).errors[0].errorType);
  await step("key writes", async () => (await call("apiKey", CREATE, { text: "no" })).errors[0].errorType);
  await step("new name", async () => (await auth.updateUserAttributes({
    userAttributes: { name: "Ann" },
  })).name.isUpdated);
  await step("name", async () => (await auth.fetchUserAttributes()).name);
  const accessToken = (await auth.fetchAuthSession()).tokens?.accessToken.toString();
  // As another device of hers would.
  await step("signed out elsewhere", async () => (await fetch(
    Amplify.getConfig().Auth.Cognito.userPoolEndpoint,
    {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AWSCognitoIdentityProviderService.GlobalSignOut",
      },
      body: JSON.stringify({ AccessToken: accessToken }),
    },
  )).status);
  await step("stale access token", () => auth.fetchUserAttributes());
  await step("stale refresh token", () => auth.fetchAuthSession({ forceRefresh: true }));
  await step("nobody", () => auth.getCurrentUser());
  await step("signs out everywhere", async () => (await auth.signOut({ global: true })) ?? "done");
  return seen;
}

const told = (refused) => `${refused.name}: ${refused.message}`;

const items = async (authMode) => {
  const answer = await call(authMode, LIST);
  return answer.errors ? answer.errors.map((one) => one.message ?? one) : answer.data.listNotes.items.length;
};

const signIn = async (username, password) => (await auth.signIn({ username, password })).nextStep;

// Subscribes, writes until an event comes, and returns its text.
function heard() {
  return new Promise((resolve, reject) => {
    const client = generateClient();
    let writing;
    const end = (act) => (value) => {
      clearInterval(writing);
      clearTimeout(late);
      subscription.unsubscribe();
      act(value);
    };
    const late = setTimeout(() => end(reject)(new Error("no event")), 20_000);
    const subscription = client.graphql({ query: HEARD, authMode: "userPool" }).subscribe({
      next: ({ data }) => end(resolve)(data.onCreateNote.text),
      error: (refused) => end(reject)(new Error(JSON.stringify(refused.errors ?? told(refused)))),
    });
    writing = setInterval(() => call("userPool", CREATE, { text: "heard" }), 1_000);
  });
}

// RFC 6238, of now or so many seconds later: a code counts once.
async function totp(secret, laterS = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((one) => alphabet.indexOf(one).toString(2).padStart(5, "0")).join("");
  const bytes = Uint8Array.from(bits.match(/.{8}/g), (one) => parseInt(one, 2));
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor((Date.now() / 1000 + laterS) / 30)));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const digest = new DataView(await crypto.subtle.sign("HMAC", key, counter));
  const number = digest.getUint32(digest.getUint8(19) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}
