//! Providers of mail for everybody: sharing such a domain says nothing about belonging together. A list of the large ones, kept small: a
//! provider that is missing brings nobody into an organisation by itself, since only domains that agents write down do.

use mail::address;

/// Their domains.
const PUBLIC: &[&str] = &[
    "126.com",
    "163.com",
    "aol.com",
    "bol.com.br",
    "comcast.net",
    "fastmail.com",
    "free.fr",
    "globo.com",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.com.br",
    "hotmail.fr",
    "icloud.com",
    "ig.com.br",
    "laposte.net",
    "libero.it",
    "live.com",
    "live.com.br",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "outlook.com.br",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "sapo.pt",
    "t-online.de",
    "terra.com.br",
    "tutanota.com",
    "uol.com.br",
    "web.de",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.com.br",
    "yahoo.de",
    "yahoo.fr",
    "yandex.ru",
    "ymail.com",
    "zoho.com",
];

/// Whether everybody may have an address of a domain, or of one below it.
pub(crate) fn is_public(domain: &str) -> bool {
    let whole = address::organisation(&format!("x@{domain}"));
    PUBLIC.contains(&domain) || whole.is_some_and(|whole| PUBLIC.contains(&whole.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_providers_domain_is_everybodys() {
        assert!(is_public("gmail.com") && is_public("mail.gmail.com") && is_public("yahoo.com.br"));
        assert!(!is_public("acme.example") && !is_public("notgmail.com"));
    }
}
