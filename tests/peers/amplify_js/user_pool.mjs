// A user's life through amplify-js, unmodified. Prints one JSON object: what each step
// came to. Arguments: the pool's endpoint, the pool, the client, and the command that
// prints the outbox.

import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";

const [userPoolEndpoint, userPoolId, userPoolClientId, ...outbox] = process.argv.slice(2);
const kept = new Map();
const told = {};

cognitoUserPoolsTokenProvider.setKeyValueStorage({
  getItem: async (key) => kept.get(key) ?? null,
  setItem: async (key, value) => void kept.set(key, value),
  removeItem: async (key) => void kept.delete(key),
  clear: async () => kept.clear(),
});
Amplify.configure({ Auth: { Cognito: { userPoolId, userPoolClientId, userPoolEndpoint } } });

function lastCode() {
  const [command, ...rest] = outbox;
  return JSON.parse(execFileSync(command, rest)).at(-1).code;
}

function totp(secret) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((one) => letters.indexOf(one).toString(2).padStart(5, "0"));
  const bytes = bits.join("").match(/.{8}/g).map((one) => parseInt(one, 2));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const digest = createHmac("sha1", Buffer.from(bytes)).update(step).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1e6).padStart(6, "0");
}

async function refused(action) {
  try {
    await action();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
  return "not refused";
}

const username = "amy";
const signIn = (password, name = username) => auth.signIn({ username: name, password });
const answer = (challengeResponse) => auth.confirmSignIn({ challengeResponse });

const userAttributes = { email: "amy@example.com", phone_number: "+15550142" };
const made = await auth.signUp({ username, password: "First-word-1", options: { userAttributes } });
told.signUp = made.nextStep.signUpStep;
told.wrongCode = await refused(() => auth.confirmSignUp({ username, confirmationCode: "x" }));
const confirmed = await auth.confirmSignUp({ username, confirmationCode: lastCode() });
told.confirmed = confirmed.isSignUpComplete;
told.wrongPassword = await refused(() => signIn("Wrong-word-1"));
told.unknownUser = await refused(() => signIn("First-word-1", "nobody"));
told.srp = (await signIn("First-word-1")).isSignedIn;
const first = (await auth.fetchAuthSession()).tokens;
const second = (await auth.fetchAuthSession({ forceRefresh: true })).tokens;
told.username = second.idToken.payload["cognito:username"];
told.refreshed = first.accessToken.toString() !== second.accessToken.toString();
told.attributes = Object.keys(await auth.fetchUserAttributes()).sort();
await auth.updatePassword({ oldPassword: "First-word-1", newPassword: "Second-word-2" });

const { sharedSecret } = await auth.setUpTOTP();
told.wrongSetUp = await refused(() => auth.verifyTOTPSetup({ code: "00000x" }));
await auth.verifyTOTPSetup({ code: totp(sharedSecret) });
await auth.updateMFAPreference({ totp: "PREFERRED" });
told.preference = (await auth.fetchMFAPreference()).preferred;
await auth.signOut();
told.byEmail = (await signIn("Second-word-2", "amy@example.com")).nextStep.signInStep;
told.wrongTotp = await refused(() => answer("00000x"));
told.totp = (await answer(totp(sharedSecret))).isSignedIn;

await auth.updateMFAPreference({ totp: "DISABLED", sms: "PREFERRED" });
await auth.signOut({ global: true });
told.asksSms = (await signIn("Second-word-2")).nextStep.signInStep;
told.sms = (await answer(lastCode())).isSignedIn;
await auth.updateMFAPreference({ sms: "DISABLED" });
await auth.signOut();

await auth.resetPassword({ username });
const reset = { username, confirmationCode: lastCode(), newPassword: "Third-word-3" };
await auth.confirmResetPassword(reset);
told.oldPassword = await refused(() => signIn("Second-word-2"));
told.newPassword = (await signIn("Third-word-3")).isSignedIn;
await auth.deleteUser();
told.deleted = await refused(() => signIn("Third-word-3"));

console.log(JSON.stringify(told));
