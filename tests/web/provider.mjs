// A real OpenID provider on loopback for the tests of the login: node provider.mjs PORT APP_ORIGIN
//
// PORT 0 takes any free one. Prints `ready ISSUER` and serves until it is ended. The people are
// invented; the password of each is "test".
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { generateKeyPairSync } from "node:crypto";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { Provider } = await import(require.resolve("oidc-provider"));
const [port, app] = process.argv.slice(2);

const citizen = (sub, family_name, given_name, middle_name, snils) =>
  ({ sub, family_name, given_name, middle_name, snils, trusted: true });
const people = new Map([
  ["guard", { sub: "2000001", preferred_username: "Смена 1", groups: ["staff", "checkpoint"] }],
  ["clerk", { sub: "2000002", preferred_username: "Отдел 4", groups: ["staff"] }],
  ["olga", citizen("1000001", "Лебедева", "Ольга", "Сергеевна", "997-895-137 28")],
  ["viktoria", citizen("1000002", "Ким", "Виктория", undefined, "90576722125")],
  ["stranger", citizen("1000003", "Лебедева", "Ольга", "Сергеевна", "112-233-445 95")],
  ["unconfirmed", { ...citizen("1000004", "Зайцев", "Николай", "Петрович", "938-175-196 47"), trusted: false }],
  ["unnumbered", citizen("1000005", "Мамедов", "Гусейн", "Али оглы", undefined)],
  ["misnumbered", citizen("1000006", "Мамедов", "Гусейн", "Али оглы", "900-102-030 01")],
]);
const account = (sub) => [...people.values()].find((person) => person.sub === sub);

const server = createServer();
await new Promise((listening) => server.listen(Number(port), "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const provider = new Provider(issuer, {
  clients: ["checkpoint:1", "account:1"].map((client_id) => ({
    client_id,
    client_secret: "secret +/%:& for tests",
    redirect_uris: [`${app}/auth/callback`],
    post_logout_redirect_uris: [`${app}/`],
    grant_types: ["authorization_code"],
    response_types: ["code"],
    token_endpoint_auth_method: "client_secret_basic",
    id_token_signed_response_alg: "ES256",
  })),
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig" }] },
  claims: {
    openid: ["sub"],
    profile: ["preferred_username", "family_name", "given_name", "middle_name"],
    groups: ["groups"],
    snils: ["snils", "trusted"],
  },
  cookies: { keys: ["for tests only"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
  findAccount: (_, sub) => account(sub) && { accountId: sub, claims: () => account(sub) },
  async loadExistingGrant({ oidc }) {
    // nobody is asked whether they agree: the employer has, or the state's service has
    const grant = new oidc.provider.Grant({
      clientId: oidc.client.clientId,
      accountId: oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile groups snils");
    await grant.save();
    return grant;
  },
});

const page = (message) => `<!doctype html><html lang="ru"><title>Вход</title><main>
  <h1>Вход</h1><p role="alert">${message}</p><form method="post">
  <label>Имя <input name="name"></label><label>Пароль <input name="password" type="password"></label>
  <button>Войти</button> <button name="cancel" value="yes">Отмена</button></form></main></html>`;

async function formOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString());
}

async function signIn(request, response) {
  await provider.interactionDetails(request, response);
  const form = request.method === "POST" ? await formOf(request) : new URLSearchParams();
  const person = people.get(form.get("name"));
  if (form.has("cancel")) {
    const result = { error: "access_denied", error_description: "Сообщение провайдера" };
    await provider.interactionFinished(request, response, result);
  } else if (person && form.get("password") === "test") {
    await provider.interactionFinished(request, response, { login: { accountId: person.sub } });
  } else {
    const wrong = request.method === "POST";
    response.writeHead(wrong ? 401 : 200, { "content-type": "text/html; charset=utf-8" });
    response.end(page(wrong ? "Неверное имя или пароль" : ""));
  }
}

const oidc = provider.callback();
server.on("request", (request, response) => {
  if (!request.url.startsWith("/sign-in/")) return oidc(request, response);
  return signIn(request, response).catch((error) => response.writeHead(400).end(error.message));
});
console.log(`ready ${issuer}`);
