create table agent (
    id text primary key,
    name text not null,
    email text not null,
    -- argon2id in PHC string form
    password text not null,
    -- own choice of language, else the property's
    language text,
    created_at bigint not null
);
create unique index agent_email_key on agent (email);

create table membership (
    property text not null references property (id),
    agent text not null references agent (id),
    role text not null,
    disabled_at bigint,
    created_at bigint not null,
    primary key (property, agent)
);
create index membership_agent on membership (agent);

create table session (
    id text primary key,
    -- SHA-256 of the cookie's secret; the secret itself is nowhere
    token text not null unique,
    agent text not null references agent (id),
    -- the property it looks at
    property text not null,
    browser text not null,
    address text not null,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null
);
create index session_agent on session (agent);

-- Failed tries by account and by address, for the delay.
create table sign_in_try (
    who text primary key,
    failures bigint not null,
    last_at bigint not null
);

create table invitation (
    id text primary key,
    property text not null references property (id),
    email text not null,
    role text not null,
    -- SHA-256 of the link's secret
    token text not null unique,
    invited_by text not null references agent (id),
    created_at bigint not null,
    expires_at bigint not null,
    accepted_at bigint
);
create index invitation_property on invitation (property, expires_at);

create table department (
    property text not null references property (id),
    id text not null,
    name text not null,
    description text not null,
    created_at bigint not null,
    primary key (property, id)
);
create unique index department_name_key on department (property, name);

create table department_agent (
    property text not null,
    department text not null,
    agent text not null,
    primary key (property, department, agent),
    foreign key (property, department) references department (property, id) on delete cascade,
    foreign key (property, agent) references membership (property, agent)
);
