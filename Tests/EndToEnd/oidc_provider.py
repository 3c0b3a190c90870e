"""An OpenID provider that checks its clients (secret, redirect_uri, PKCE) and can be told to misbehave."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlparse

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT = ("suite-client", "suite-secret-0123456789abcdef0123456789")


class Key:
    """A signing key with its public half as a JSON Web Key."""

    def __init__(self, algorithm="RS256"):
        self.algorithm = algorithm
        self.id = secrets.token_hex(4)
        if algorithm == "RS256":
            self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            self.public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key()))
        else:
            self.private = ec.generate_private_key(ec.SECP256R1())
            self.public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.private.public_key()))
        self.public |= {"kid": self.id, "use": "sig"}
        self.public.pop("key_ops", None)

    def sign(self, claims):
        return jwt.encode(claims, self.private, self.algorithm, headers={"kid": self.id})


class OpenIDProvider:
    """`people` maps a subject to claims. `key` signs; `published` are the keys that are told. `bend` changes the claims of the next ID
    tokens, `forge` makes the token itself of the claims. `refusals` says what was wrong with requests."""

    def __init__(self, port):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.people, self.codes, self.refreshes, self.refusals, self.seen = {}, {}, {}, [], []
        self.key = Key()
        self.published = [self.key]
        self.behave()
        self.start()

    def behave(self):
        """Undoes all misbehaviour."""
        self.bend = lambda claims: None
        self.forge = None

    def start(self):
        provider, self.is_down = self, False

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                provider.serve(self, urlparse(self.path), {})

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                provider.serve(self, urlparse(self.path), {name: values[0] for name, values in parse_qs(body).items()})

            def log_message(self, *arguments):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

        self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        # Connections that are open already get no more answers either.
        self.is_down = True
        self.server.shutdown()
        self.server.server_close()

    def serve(self, handler, url, form):
        if self.is_down:
            handler.close_connection = True
            return
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.seen.append((url.path, handler.headers.get("authorization")))
        answers = {
            "/.well-known/openid-configuration": lambda: (200, self.document()),
            "/keys": lambda: (200, {"keys": [key.public for key in self.published]}),
            "/token": lambda: self.token(form, handler.headers.get("authorization")),
            "/userinfo": lambda: self.user_info(handler.headers.get("authorization")),
        }
        status, body = answers.get(url.path, lambda: (404, {}))() if url.path != "/authorize" else self.authorize(query)
        data = json.dumps(body).encode()
        handler.send_response(status)
        if status == 302:
            handler.send_header("location", body)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def document(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": self.url + "/authorize",
            "token_endpoint": self.url + "/token",
            "userinfo_endpoint": self.url + "/userinfo",
            "jwks_uri": self.url + "/keys",
            "end_session_endpoint": self.url + "/leave",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }

    def authorize(self, query):
        """The person `login_hint` agrees at once; a real page would ask."""
        needed = {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "login_hint"}
        if needed - set(query) or query.get("code_challenge_method") != "S256" or query["client_id"] != CLIENT[0]:
            return self.refuse("invalid_request")
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return 302, f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.url})}"

    def token(self, form, authorization):
        if authorization != "Basic " + base64.b64encode(":".join(CLIENT).encode()).decode():
            return self.refuse("invalid_client", 401)
        if form.get("grant_type") == "refresh_token":
            # Rotating: each one counts once.
            subject = self.refreshes.pop(form.get("refresh_token"), None)
            return (200, self.tokens(subject)) if subject else self.refuse("invalid_grant")
        begun = self.codes.pop(form.get("code"), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if not begun or begun["redirect_uri"] != form.get("redirect_uri"):
            return self.refuse("invalid_grant")
        if begun["code_challenge"] != base64.urlsafe_b64encode(challenge).decode().rstrip("="):
            return self.refuse("the code verifier does not fit")
        subject = begun["login_hint"]
        now = int(time.time())
        claims = {"iss": self.url, "sub": subject, "aud": CLIENT[0], "exp": now + 300, "iat": now, "nonce": begun["nonce"]}
        claims |= self.people[subject]
        self.bend(claims)
        return 200, self.tokens(subject) | {"id_token": self.forge(claims) if self.forge else self.key.sign(claims)}

    def tokens(self, subject):
        access, refresh = secrets.token_urlsafe(8), secrets.token_urlsafe(8)
        self.refreshes[refresh] = subject
        return {"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": 3600}

    def user_info(self, authorization):
        return self.refuse("invalid_token", 401)

    def refuse(self, reason, status=400):
        self.refusals.append(reason)
        return status, {"error": reason}
