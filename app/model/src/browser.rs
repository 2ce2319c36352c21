//! What people call a browser, out of what it says of itself (`User-Agent`). Modest: a few names, and no versions.

/// Marks and names, the first that fits: Edge, Opera and Samsung also say Chrome, Chrome also says Safari.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
/// Android also says Linux, iPhone and iPad also say Mac OS X.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];
/// Most characters of one that is not known.
const UNKNOWN_MOST: usize = 40;

/// Its name and the machine it runs on; the beginning of what it says when neither is known.
pub fn called(agent: &str) -> String {
    let known = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => agent.chars().take(UNKNOWN_MOST).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn a_browser_is_called_by_its_name_and_not_by_those_it_pretends_to_be() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        assert_eq!(called(&format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} Chrome/140.0.0.0 Safari/537.36")), "Chrome, Linux");
        assert_eq!(called("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0"), "Edge, Windows");
        assert_eq!(called(&format!("Mozilla/5.0 (Linux; Android 14) {webkit} Chrome/140.0 Mobile Safari/537.36")), "Chrome, Android");
        assert_eq!(
            called("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Mobile/15E148 Safari/604.1"),
            "Chrome, iPhone"
        );
        assert_eq!(called("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0"), "Firefox, macOS");
        assert_eq!(called("curl/8.5"), "curl/8.5");
        assert_eq!(called(""), "");
    }
}
