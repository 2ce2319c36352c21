//! Authentication-Results (RFC 8601): which methods of authentication a server tried, and what came of each.
//! Knows the field's grammar; who wrote it, and whether that is believed, is for the desk's server.

/// What came of one method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The method, lower case: `dkim`.
    pub method: String,
    /// Its result, lower case: `pass`.
    pub result: String,
    properties: Vec<(String, String)>,
}

impl Outcome {
    /// What the method looked at, lower case: the value of `header.d`, of `smtp.mailfrom`.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads the field's value. What senders wrote stands in it quoted or in comments, and says nothing; of a value that can be read in two
/// ways nothing is read.
pub fn read(value: &str) -> Vec<Outcome> {
    let Some(plain) = plain(value) else { return vec![] };
    // the first statement is the name of who says it
    plain
        .split(|one| *one == (';', false))
        .skip(1)
        .filter_map(|statement| {
            let mut pairs = pairs(statement).into_iter();
            let (method, result) = pairs.next()?;
            let method = method.split('/').next().unwrap_or_default().to_owned();
            Some(Outcome { method, result, properties: pairs.collect() })
        })
        .collect()
}

/// The characters in lower case, each with whether it was quoted; comments are blanks. None for a comment or a quotation without end, and
/// for a quotation mark in a comment, which some take for one and others do not.
fn plain(value: &str) -> Option<Vec<(char, bool)>> {
    let (mut all, mut depth, mut quoted) = (vec![], 0_usize, false);
    let mut chars = value.chars().flat_map(char::to_lowercase);
    while let Some(c) = chars.next() {
        match c {
            '\\' if quoted || depth > 0 => {
                let escaped = chars.next()?;
                all.extend(quoted.then_some((escaped, true)));
            }
            '"' if depth > 0 => return None,
            '"' => quoted = !quoted,
            _ if quoted => all.push((c, true)),
            '(' => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                all.push((' ', false));
            }
            _ if depth == 0 => all.push((c, false)),
            _ => {}
        }
    }
    (depth == 0 && !quoted).then_some(all)
}

/// `name=value` by blanks, which may stand around the sign as well. A name is never quoted: its mark is left in it, and it names nothing.
fn pairs(statement: &[(char, bool)]) -> Vec<(String, String)> {
    let mut all = vec![];
    let (mut name, mut value, mut ended) = (String::new(), None::<String>, false);
    for &(c, quoted) in statement.iter().chain(&[(' ', false)]) {
        let blank = !quoted && c.is_whitespace();
        match &mut value {
            None if blank => ended = true,
            None if c == '=' && !quoted => value = Some(String::new()),
            None => {
                if std::mem::take(&mut ended) {
                    name.clear();
                }
                name.extend(quoted.then_some('"'));
                name.push(c);
            }
            Some(known) if !blank => known.push(c),
            Some(known) if known.is_empty() => {}
            Some(known) => {
                all.push((std::mem::take(&mut name), std::mem::take(known)));
                (value, ended) = (None, false);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `method=result name=value …` of each outcome.
    fn said(value: &str) -> Vec<String> {
        let pair = |(name, value): &(String, String)| format!(" {name}={value}");
        read(value)
            .iter()
            .map(|one| format!("{}={}{}", one.method, one.result, one.properties.iter().map(pair).collect::<String>()))
            .collect()
    }

    #[test]
    fn methods_are_read_with_what_they_looked_at() {
        assert_eq!(
            said(
                "mx.ours.example; SPF=Pass smtp.mailfrom=prvs=12=Ana@Example.com; dkim/1 = pass (ok) header.d=example.com header.b=\"a;b=\""
            ),
            ["spf=pass smtp.mailfrom=prvs=12=ana@example.com", "dkim=pass header.d=example.com header.b=a;b="]
        );
        assert_eq!(said("mx.ours.example 1; none"), [""; 0]);
        assert_eq!(said("mx.ours.example"), [""; 0]);
    }

    #[test]
    fn comments_say_nothing_and_hide_nothing() {
        // as OpenDKIM writes it
        assert_eq!(
            said("mx.ours.example; dkim=pass (2048-bit key; unprotected) header.d=example.com header.i=@example.com header.a=rsa-sha256"),
            ["dkim=pass header.d=example.com header.i=@example.com header.a=rsa-sha256"]
        );
        assert_eq!(
            said("mx; spf=fail (a (b; dkim=pass) \\) ; dkim=pass header.d=c.example) smtp.mailfrom=x"),
            ["spf=fail smtp.mailfrom=x"]
        );
    }

    #[test]
    fn what_a_sender_wrote_is_no_result() {
        let sender = r#""a; dkim=pass header.d=company.com x"@evil.test"#;
        assert_eq!(
            said(&format!("mx; spf=pass smtp.mailfrom={sender}")),
            ["spf=pass smtp.mailfrom=a; dkim=pass header.d=company.com x@evil.test"]
        );
        assert_eq!(said(r#"mx; spf=pass smtp.mailfrom="a\"; dkim=pass header.d=company.com \"x"@evil.test"#).len(), 1);
        assert_eq!(said(r#"mx; spf=pass smtp.helo="x" "header.d"=company.com"#), [r#"spf=pass smtp.helo=x "h"e"a"d"e"r"."d=company.com"#]);
        // a server that does not mask what it puts into a comment
        assert_eq!(said(r#"mx; spf=pass (domain of "a) ; dkim=pass header.d=company.com ("@evil.test) smtp.mailfrom=x"#), [""; 0]);
        for cut in ["mx; dkim=pass (x", "mx; dkim=pass header.d=\"x", "mx; dkim=pass header.d=\"x\\"] {
            assert_eq!(said(cut), [""; 0], "{cut}");
        }
    }
}
