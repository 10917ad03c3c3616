"""A program in Python's standard library, which answers each webhook with what it got."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Webhook(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        path = self.path.split("?")[0]
        if path == "/fails":
            self.send_error(500)
        elif path == "/hangs-up":
            self.close_connection = True
        elif path == "/breaks-off":
            self.answer(b"half", length=100)
            self.close_connection = True
        else:
            if path == "/slow":
                time.sleep(0.3)
            self.answer(self.what_it_got())

    def what_it_got(self):
        got = {"url": self.path, "headers": self.headers.items(), "body": self.body.hex()}
        return json.dumps(got).encode()

    def answer(self, body, length=None):
        self.send_response(200)
        self.send_header("X-Answer", "kept")
        self.send_header("Content-Length", length or len(body))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
print(server.server_port, flush=True)
server.serve_forever()
