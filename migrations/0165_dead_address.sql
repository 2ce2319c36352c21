-- Addresses that mail came back from for good: nothing goes there by itself. Each by itself, whoever it belongs to, or nobody: a person's other
-- addresses are written to.
create table dead_address (
    property text not null references property (id),
    email text not null,
    since_at bigint not null,
    primary key (property, email)
);
create index dead_address_newest on dead_address (property, since_at, email);
insert into dead_address (property, email, since_at)
select property, email, min(undeliverable_at) from contact where undeliverable_at is not null and email <> '' group by property, email;
drop index contact_undeliverable;
alter table contact drop column undeliverable_at;
