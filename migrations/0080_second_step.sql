-- The second step of signing in: a code of an app that has the same secret (RFC 6238).
create table second_step (
    agent text primary key references agent (id),
    -- the shared secret, sealed
    secret text not null,
    created_at bigint not null,
    -- none: it was shown, and nobody has typed a code of it yet
    confirmed_at bigint,
    -- the last step whose code was taken: a code works once (RFC 6238 section 5.2)
    used_step bigint not null
);

-- Codes for who has lost the app; one that was used is gone.
create table recovery_code (
    agent text not null references agent (id),
    -- SHA-256 of it
    code text not null,
    primary key (agent, code)
);

-- Since when an agent has it, and since when a property asks it of its agents.
alter table agent add column second_step_at bigint;
alter table property add column second_step_required_at bigint;
