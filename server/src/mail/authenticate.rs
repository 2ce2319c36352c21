//! Whether a mail's From is who it says (email.md C9): DMARC, or DKIM or SPF aligned with the From; or our own mail server's word.
//! Finds facts; what they permit is the desk's to say.

use std::net::{IpAddr, SocketAddr};

use desk::postbox::{Proof, Taken};
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ProtocolConfig, ResolverConfig, ResolverOpts};
use ipnet::IpNet;
use mail::{Understood, address::organisation, results};
use mail_auth::{
    AuthenticatedMessage, DkimOutput, DkimResult, DmarcResult, MessageAuthenticator, SpfOutput, SpfResult, dmarc::verify::DmarcParameters,
    spf::verify::SpfParameters,
};

/// Our own mail server, whose Authentication-Results is believed.
pub struct Trusted {
    /// The name it gives itself there.
    pub id: String,
    /// Where it is: whoever else delivers by SMTP may have written its name.
    pub peers: Vec<IpNet>,
}

impl Trusted {
    fn has(&self, peer: IpAddr) -> bool {
        self.peers.iter().any(|network| network.contains(&peer.to_canonical()))
    }
}

/// Checks mails.
pub struct Authenticator {
    resolver: Option<MessageAuthenticator>,
    trusted: Option<Trusted>,
    host: String,
}

impl Authenticator {
    /// With a DNS server of one's own, or the system's; without any when switched off.
    pub fn new(on: bool, resolver: Option<SocketAddr>, trusted: Option<Trusted>, host: &str) -> Result<Self, String> {
        let resolver =
            if on { Some(authenticator(resolver).map_err(|error| format!("the DNS resolver cannot be set up: {error}"))?) } else { None };
        Ok(Self { resolver, trusted, host: host.to_owned() })
    }

    /// What is proved about a mail.
    pub async fn prove(&self, taken: &Taken, understood: &Understood) -> Proof {
        let word = self.trusted_word(taken, understood);
        if let Some(proof) = &word
            && proof.passed
        {
            return proof.clone();
        }
        // it may have checked one method alone
        let Some(resolver) = &self.resolver else { return word.unwrap_or_else(|| unproved("not checked")) };
        let Some(message) = AuthenticatedMessage::parse(&taken.raw) else { return unproved("unreadable") };
        let from = understood.from.to_lowercase();
        // several authors, or another From than the one we go by: nothing is proved of any
        if message.froms().len() != 1 || message.from().to_lowercase() != from {
            return unproved("From is not one address");
        }
        let dkim = resolver.verify_dkim(&message).await;
        let spf = self.spf(resolver, taken).await;
        let sender = taken.mail_from.rsplit_once('@').map_or(taken.helo.as_str(), |(_, domain)| domain);
        let nothing = SpfOutput::default();
        let dmarc = resolver.verify_dmarc(DmarcParameters::new(&message, &dkim, sender, spf.as_ref().unwrap_or(&nothing))).await;
        judge(&from, sender, &dkim, spf.as_ref(), &dmarc)
    }

    /// SPF speaks about the machine that delivers. Of our own mail server, of a neighbour on this machine or network, and of a program that
    /// hands over what others brought, it means nothing.
    async fn spf(&self, resolver: &MessageAuthenticator, taken: &Taken) -> Option<SpfOutput> {
        let ip: IpAddr = taken.peer.parse().ok()?;
        let ours = self.trusted.as_ref().is_some_and(|trusted| trusted.has(ip));
        if taken.helo.is_empty() || ours || is_near(ip) {
            return None;
        }
        Some(resolver.verify_spf(SpfParameters::verify_mail_from(ip, &taken.helo, &self.host, &taken.mail_from)).await)
    }

    /// The word of our own mail server, the only one believed. What is fetched from a mailbox, or posted with a token, comes from there: such
    /// a mail has no HELO.
    fn trusted_word(&self, taken: &Taken, understood: &Understood) -> Option<Proof> {
        let trusted = self.trusted.as_ref()?;
        let peer = taken.peer.parse::<IpAddr>().ok().filter(|_| !taken.helo.is_empty());
        if peer.is_some_and(|peer| !trusted.has(peer)) {
            return None;
        }
        let all = understood.facts.authentication_results.iter();
        let said: Vec<&str> = all.filter(|(name, _)| name.eq_ignore_ascii_case(&trusted.id)).map(|(_, value)| value.as_str()).collect();
        let domain = understood.from.rsplit_once('@')?.1.to_lowercase();
        (!said.is_empty()).then(|| word(&said, &domain))
    }
}

/// Reads the trusted results, one field for each program that looked at the mail: pass of an aligned method. What a method found stands in
/// the first field that names it.
fn word(said: &[&str], domain: &str) -> Proof {
    let mut known: Vec<String> = vec![];
    for value in said {
        let outcomes = results::read(value);
        for outcome in outcomes.iter().filter(|outcome| outcome.result == "pass" && !known.contains(&outcome.method)) {
            let property = |name: &str| {
                let value = outcome.property(name)?;
                Some(value.trim_matches(['<', '>']).rsplit('@').next().unwrap_or_default().to_owned())
            };
            let about = match outcome.method.as_str() {
                "dmarc" => property("header.from").or_else(|| Some(domain.to_owned())).filter(|from| from == domain),
                "dkim" => property("header.d").or_else(|| property("header.i")).filter(|signer| aligned(signer, domain)),
                "spf" => property("smtp.mailfrom").filter(|sender| aligned(sender, domain)),
                _ => None,
            };
            if let Some(about) = about {
                return Proof { passed: true, detail: format!("trusted server: {}=pass {about}", outcome.method), domain: about };
            }
        }
        known.extend(outcomes.into_iter().map(|outcome| outcome.method));
    }
    unproved("the trusted server found no pass")
}

fn judge(from: &str, sender: &str, dkim: &[DkimOutput<'_>], spf: Option<&SpfOutput>, dmarc: &mail_auth::DmarcOutput) -> Proof {
    let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain);
    let detail = format!(
        "dmarc={} dkim={} spf={}",
        match dmarc.result() {
            DmarcResult::Pass => "pass",
            DmarcResult::None => "none",
            DmarcResult::TempError(_) => "temperror",
            _ => "fail",
        },
        dkim.iter().map(|output| if output.result() == &DkimResult::Pass { "pass" } else { "fail" }).next().unwrap_or("none"),
        spf.map_or("none", |output| if output.result() == SpfResult::Pass { "pass" } else { "fail" }),
    );
    let passed = if dmarc.dmarc_record().is_some() {
        // the owner of the domain said how strictly it is to be compared
        dmarc.result() == DmarcResult::Pass
    } else {
        let signed = dkim
            .iter()
            .filter(|output| output.result() == &DkimResult::Pass)
            .filter_map(DkimOutput::signature)
            .any(|signature| aligned(&signature.d, domain));
        let sent = spf.is_some_and(|output| output.result() == SpfResult::Pass) && aligned(sender, domain);
        signed || sent
    };
    Proof { passed, domain: domain.to_owned(), detail }
}

/// Relaxed alignment (RFC 7489 section 3.1): one organisational domain.
fn aligned(one: &str, other: &str) -> bool {
    let organisation = |domain: &str| organisation(&format!("x@{domain}"));
    !one.is_empty() && organisation(one).is_some() && organisation(one) == organisation(other)
}

fn unproved(why: &str) -> Proof {
    Proof { passed: false, domain: String::new(), detail: why.to_owned() }
}

fn is_near(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// Asks a DNS server of one's own, or the system's.
pub(super) fn authenticator(server: Option<SocketAddr>) -> Result<MessageAuthenticator, String> {
    let Some(server) = server else { return MessageAuthenticator::new_system_conf().map_err(|error| error.to_string()) };
    let connection = |protocol| {
        let mut connection = ConnectionConfig::new(protocol);
        connection.port = server.port();
        connection
    };
    let name_server = NameServerConfig::new(server.ip(), true, vec![connection(ProtocolConfig::Udp), connection(ProtocolConfig::Tcp)]);
    MessageAuthenticator::new(ResolverConfig::from_parts(None, vec![], vec![name_server]), ResolverOpts::default())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_aligned_pass_of_the_trusted_server_counts() {
        for (value, passed) in [
            ("dmarc=pass header.from=example.com", true),
            ("dmarc=pass (p=none dis=none) header.from=example.com", true),
            ("spf=fail smtp.mailfrom=x@evil.example; dkim=pass header.d=mail.example.com", true),
            ("dkim=pass header.i=@example.com", true),
            ("spf=pass smtp.mailfrom=bounce@example.com", true),
            ("dkim=pass header.d=evil.example", false),
            ("dmarc=fail header.from=example.com; spf=pass smtp.mailfrom=x@evil.example", false),
            ("dmarc=pass header.from=evil.example", false),
            ("none", false),
            (r#"spf=pass smtp.mailfrom="a; dkim=pass header.d=example.com x"@evil.example"#, false),
            ("spf=pass smtp.mailfrom=\"x@example.com\"@evil.example", false),
            ("spf=pass (a; dkim=pass header.d=example.com) smtp.mailfrom=x@evil.example", false),
            ("dkim=pass (2048-bit key; unprotected) header.d=example.com header.i=@example.com", true),
        ] {
            assert_eq!(word(&[&format!("mx.ours.example; {value}")], "example.com").passed, passed, "{value}");
        }
    }

    #[test]
    fn each_program_of_the_trusted_server_says_its_own() {
        for (first, second, passed) in [
            ("dmarc=none header.from=example.com", "dkim=pass (1024-bit key) header.d=example.com", true),
            ("dkim=none", "spf=pass smtp.mailfrom=example.com", true),
            ("dkim=fail header.d=example.com", "dkim=pass header.d=example.com", false),
        ] {
            let said = [first, second].map(|value| format!("mx.ours.example; {value}"));
            assert_eq!(word(&[&said[0], &said[1]], "example.com").passed, passed, "{second}");
        }
    }

    #[test]
    fn a_public_suffix_aligns_nobody() {
        assert!(aligned("mail.example.co.uk", "example.co.uk"));
        assert!(!aligned("one.co.uk", "two.co.uk"));
        assert!(!aligned("", "example.com"));
    }
}
