//! The routes of the portal, read from its source: a router does not tell which it has, and a list kept by hand would miss the next one.

use std::fs;
use std::path::Path;

/// An address of the portal, with its placeholders filled in.
#[derive(Debug)]
pub struct Route {
    pub address: String,
    pub gets: bool,
    pub posts: bool,
}

/// All of them.
pub fn all() -> Vec<Route> {
    let mut routes = Vec::new();
    read(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src").as_path(),
        &mut routes,
    );
    routes
}

fn read(folder: &Path, routes: &mut Vec<Route>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, routes);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            routes.extend(source.split(".route(").skip(1).map(route));
        }
    }
}

/// Reads what follows `.route(`: an address, and a handler for each of its methods.
fn route(source: &str) -> Route {
    let (address, rest) = source
        .trim_start()
        .strip_prefix('"')
        .and_then(|it| it.split_once('"'))
        .expect("an address is written out");
    let mut open = 1;
    let end = rest.find(|it| {
        match it {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        open == 0
    });
    let handlers = &rest[..end.expect("what is opened is closed")];
    let route = Route {
        address: address
            .replace("{reference}", "202312345")
            .replace("{step}", "acknowledge")
            .replace("{id}", "01890a5d-ac96-774b-bcce-b302099a8057")
            .replace("{token}", "made-up")
            .replace("{chart}", "months.csv")
            .replace("{lesson}", "01890a5d-ac96-774b-bcce-b302099a8058")
            .replace("{recommendation}", "01890a5d-ac96-774b-bcce-b302099a8059")
            .replace("{part}", "01890a5d-ac96-774b-bcce-b302099a805a")
            .replace("{question}", "your-name")
            .replace("{sample}", "01890a5d-ac96-774b-bcce-b302099a805b")
            .replace("{theme}", "delay"),
        gets: handlers.contains("get("),
        posts: handlers.contains("post("),
    };
    assert!(!route.address.contains('{'), "a new placeholder: {address}");
    let known = usize::from(route.gets) + usize::from(route.posts);
    assert_eq!(
        handlers.matches('(').count(),
        known,
        "a new method: {address}"
    );
    route
}
