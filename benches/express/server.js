// Express with SignalWire's `webhook()` on the url's path, and without it on /bare.
// Prints the port that it listens on.
const express = require('express');
const { RestClient } = require('@signalwire/compatibility-api');

const url = process.argv[2];
const key = process.env.SIGNALWIRE_SIGNING_KEY;
const form = express.urlencoded({ extended: false });
const answer = (request, response) => response.type('text/xml').send('<Response><Hangup/></Response>');

const app = express();
app.post('/bare', form, answer);
app.post(new URL(url).pathname, form, RestClient.webhook(key, { url }), answer);
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
