// Answers each request, a line of JSON, with the verdicts of SignalWire's two npm packages, a line
// of JSON: `webhook()` after Express' own parser, and web-api's `validateRequest`.
'use strict';

const readline = require('node:readline');
const { Readable } = require('node:stream');
const express = require('express');
const { RestClient } = require('@signalwire/compatibility-api');
const { validateRequest } = require('@signalwire/web-api');

console.warn = () => {};

const parseForm = express.urlencoded({ extended: false });

function expressRequest({ method, headers, body }) {
  const request = Readable.from(body.length > 0 ? [body] : []);
  request.method = method;
  request.headers = { 'content-length': String(body.length) };
  // Node joins the lines of a header that it does not know.
  for (const [name, value] of headers) {
    const before = request.headers[name];
    request.headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  request.header = (name) => request.headers[name.toLowerCase()];
  // Express itself keeps no raw body; whoever uses bodySHA256 has to put it here, as text.
  request.rawBody = body.toString('utf8');
  return request;
}

function parsed(request) {
  return new Promise((resolve, reject) => {
    parseForm(request, {}, (error) => (error ? reject(error) : resolve(request)));
  });
}

function judgedByWebhook(request, key, url) {
  let isAccepted = false;
  const response = { type: () => response, status: () => response, send: () => response };
  RestClient.webhook(key, { url })(request, response, () => {
    isAccepted = true;
  });
  return isAccepted;
}

// The package's tests and SignalWire's guide hand it the JSON of a parsed form.
function judgedByWebApi(request, key, url) {
  const header = request.headers['x-signalwire-signature'] ?? request.headers['x-twilio-signature'];
  const contentType = (request.headers['content-type'] ?? '').toLowerCase();
  const isForm = contentType.startsWith('application/x-www-form-urlencoded');
  const isParsed = isForm || request.rawBody === '';
  const text = isParsed ? JSON.stringify(request.body) : request.rawBody;
  return validateRequest(key, header ?? '', url, text);
}

function verdict(judge) {
  try {
    return { accepts: judge() };
  } catch (error) {
    return { accepts: false, error: error.name };
  }
}

async function answer({ key, url, ...rest }) {
  const request = expressRequest({ ...rest, body: Buffer.from(rest.body, 'hex') });
  try {
    await parsed(request);
  } catch (error) {
    const refused = { accepts: false, error: `express: ${error.type}` };
    return [refused, refused];
  }
  return [
    verdict(() => judgedByWebhook(request, key, url)),
    verdict(() => judgedByWebApi(request, key, url)),
  ];
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
  }
}

main();
