-- Passkeys (Web Authentication): keys that devices of agents keep, and of which the public half alone is here.
create table passkey (
    id text primary key,
    agent text not null references agent (id),
    -- what its device calls it, in base64url: no two are called alike
    credential text not null,
    -- how it signs, as COSE numbers it: -7 ES256, -8 EdDSA, -257 RS256
    algorithm bigint not null,
    -- the public key (SubjectPublicKeyInfo), in base64url
    public_key text not null,
    -- how often its device says that it signed; 0: the device does not count
    counter bigint not null,
    name text not null,
    created_at bigint not null,
    used_at bigint
);
create unique index passkey_credential on passkey (credential);
create index passkey_agent on passkey (agent, id);

-- Challenges that were answered: each counts once. What would have expired is forgotten.
create table passkey_answered (
    -- SHA-256 of it
    challenge text primary key,
    expires_at bigint not null
);
create index passkey_answered_expires_at on passkey_answered (expires_at);
