-- Who changed what of the settings, came in, took out, deleted. Rows are added and never changed: each carries the digest of the one
-- before it, so that a row changed or taken away by hand is found.
create table audit (
    -- empty: of no property, such as a sign-in of somebody unknown
    property text not null,
    n bigint not null,
    at bigint not null,
    -- who, as far as it is known, and the name at that time
    agent text not null,
    name text not null,
    area text not null,
    act text not null,
    -- of whom or what
    subject text not null,
    -- what is another now, a line each
    before text not null,
    after text not null,
    -- where from
    address text not null,
    -- SHA-256 of the former row's and of this row's content
    hash text not null,
    primary key (property, n)
);
create index audit_at on audit (property, at, n);
create index audit_agent on audit (property, agent, at, n);
create index audit_area on audit (property, area, at, n);
create index audit_agent_area on audit (property, agent, area, at, n);

-- The end of each property's chain.
create table audit_head (
    property text primary key,
    n bigint not null,
    hash text not null
);
