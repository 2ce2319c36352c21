<?php
// for the person who is signed in; each value is one line of text, '' where there is none
function identity(string $id, string $email, string $name): array {
    $expires = time() + 3600; // at most a day ahead
    $nonce = bin2hex(random_bytes(16));
    $signed = implode("\n", ['recado-identity-1', 'KEY', $expires, $nonce, $id, $email, $name]);
    $hash = hash_hmac('sha256', $signed, getenv('RECADO_SECRET'));
    return compact('id', 'email', 'name', 'expires', 'nonce', 'hash');
}
