import hashlib, hmac, os, secrets, time

# for the person who is signed in; each value is one line of text, "" where there is none
def identity(id, email, name):
    expires = int(time.time()) + 3600  # at most a day ahead
    nonce = secrets.token_hex(16)
    signed = "\n".join(["recado-identity-1", "KEY", str(expires), nonce, id, email, name])
    hash = hmac.new(os.environ["RECADO_SECRET"].encode(), signed.encode(), hashlib.sha256).hexdigest()
    return {"id": id, "email": email, "name": name, "expires": expires, "nonce": nonce, "hash": hash}
