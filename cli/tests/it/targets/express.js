// A program in Express, which verifies each webhook with SignalWire's own packages and answers with what it got.
'use strict';

const express = require('express');
const { RestClient } = require('@signalwire/compatibility-api');
const { validateRequest } = require('@signalwire/web-api');

const key = process.env.SIGNALWIRE_SIGNING_KEY;
const keep = (request, _response, bytes) => {
  request.bytes = bytes;
};

const validateSwml = (request, response, next) => {
  const url = `https://${request.header('Host')}${request.originalUrl}`;
  const isGenuine = validateRequest(key, request.header('X-SignalWire-Signature'), url, request.bytes.toString());
  return isGenuine ? next() : response.sendStatus(403);
};

const answer = (request, response) => {
  const headers = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    headers.push(request.rawHeaders.slice(i, i + 2));
  }
  response.set('X-Answer', 'kept').send({ url: request.originalUrl, headers, body: request.bytes.toString('hex') });
};

const app = express();
app.use(express.urlencoded({ extended: false, verify: keep }), express.json({ verify: keep }));
app.post('/form', RestClient.webhook(key, { protocol: 'https' }), answer);
app.post('/swml', validateSwml, answer);
app.post('/slow', (request, response) => setTimeout(answer, 300, request, response));
app.post('/fails', () => {
  throw new Error('out of order');
});
app.post('/hangs-up', (request) => request.socket.destroy());
app.post('/breaks-off', (request, response) => {
  response.set('Content-Length', '100').write('half', () => request.socket.destroy());
});

const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
