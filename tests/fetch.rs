//! Downloads against a server on loopback: resumed, refused, cut, silent, redirected. Nothing half-written is left under the
//! final name.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use vadex::fetch::{Checksum, DATASETS, FetchError, Hashes, Job, Options, download};

use super::support::{stderr, stdout, vadex};

/// What the server does with the n-th request (from 0): the request's header lines, the connection.
type Behaviour = dyn Fn(usize, &str, &mut TcpStream) + Send + Sync;

/// A server that answers every connection with one behaviour, and remembers what it was asked.
struct Server {
    base: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(behaviour: impl Fn(usize, &str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let behaviour: Arc<Behaviour> = Arc::new(behaviour);
        let count = Arc::new(AtomicUsize::new(0));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let (seen, behaviour, count) =
                    (Arc::clone(&seen), Arc::clone(&behaviour), Arc::clone(&count));
                std::thread::spawn(move || {
                    let request = read_request(&mut stream);
                    if request.is_empty() {
                        return;
                    }
                    seen.lock().unwrap().push(request.clone());
                    behaviour(count.fetch_add(1, Ordering::SeqCst), &request, &mut stream);
                });
            }
        });
        Self { base, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => text.push(byte[0]),
            _ => return String::new(),
        }
    }
    String::from_utf8(text).unwrap()
}

/// A header of a request, in lower case.
fn header(request: &str, name: &str) -> Option<String> {
    request
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
}

fn respond(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) {
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n");
    // The client may have gone away.
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
    let _ = stream.flush();
}

const TAG: &str = "\"v1\"";

/// A sound file server with ranges: honours `Range` when `If-Range` names the tag it has now.
fn serve(request: &str, stream: &mut TcpStream, content: &[u8], tag: &str) {
    let from = header(request, "range")
        .filter(|_| header(request, "if-range").is_none_or(|known| known == tag))
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    match from {
        Some(from) if from < content.len() => respond(
            stream,
            "206 Partial Content",
            &format!(
                "ETag: {tag}\r\nContent-Length: {}\r\nContent-Range: bytes {from}-{}/{}\r\n",
                content.len() - from,
                content.len() - 1,
                content.len()
            ),
            &content[from..],
        ),
        Some(_) => respond(stream, "416 Range Not Satisfiable", "Content-Length: 0\r\n", b""),
        None => respond(
            stream,
            "200 OK",
            &format!("ETag: {tag}\r\nContent-Length: {}\r\nAccept-Ranges: bytes\r\n", content.len()),
            content,
        ),
    }
}

/// The head of a whole answer, and only so many bytes of the body.
fn cut(stream: &mut TcpStream, content: &[u8], bytes: usize, tag: Option<&str>) {
    let tag = tag.map_or_else(String::new, |tag| format!("ETag: {tag}\r\n"));
    respond(stream, "200 OK", &format!("{tag}Content-Length: {}\r\n", content.len()), &content[..bytes]);
}

/// A file that looks like an archive.
fn content() -> Vec<u8> {
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.extend((0..300_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8));
    bytes
}

fn job(server: &Server, folder: &Path) -> Job {
    Job {
        url: format!("{}/table.zip", server.base),
        folder: folder.to_owned(),
        name: Some("table.zip".into()),
        fallback: "table".into(),
        size: None,
        checksum: None,
    }
}

fn options(attempts: u32) -> Options {
    Options { timeout: Duration::from_secs(5), attempts, first_wait: Duration::from_millis(5) }
}

fn quietly(job: &Job, attempts: u32) -> Result<vadex::fetch::Fetched, FetchError> {
    download(job, &options(attempts), &mut |_, _| {})
}

fn sha256(bytes: &[u8]) -> Checksum {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    Checksum::Sha256(Hashes::of_file(&path).unwrap().sha256)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_whole_file_is_verified_named_and_not_fetched_twice() {
    let server = Server::start(|_, request, stream| serve(request, stream, &content(), TAG));
    let folder = tempfile::tempdir().unwrap();
    let job = Job { checksum: Some(sha256(&content())), size: Some(300_004), ..job(&server, folder.path()) };
    let mut seen = Vec::new();
    let fetched = download(&job, &options(1), &mut |done, total| seen.push((done, total))).unwrap();
    assert_eq!(std::fs::read(&fetched.path).unwrap(), content());
    assert_eq!((fetched.bytes, fetched.resumed_from, fetched.already_there), (300_004, 0, false));
    assert_eq!(names(folder.path()), ["table.zip"]);
    assert_eq!(seen.first(), Some(&(0, Some(300_004))));
    assert_eq!(seen.last(), Some(&(300_004, Some(300_004))));
    assert!(seen.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    assert!(quietly(&job, 1).unwrap().already_there);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_connection_cut_half_way_is_resumed_where_it_broke() {
    let server = Server::start(|n, request, stream| match n {
        0 => cut(stream, &content(), 100_000, Some(TAG)),
        _ => serve(request, stream, &content(), TAG),
    });
    let folder = tempfile::tempdir().unwrap();
    let job = Job { checksum: Some(sha256(&content())), ..job(&server, folder.path()) };
    let fetched = quietly(&job, 3).unwrap();
    assert_eq!(std::fs::read(&fetched.path).unwrap(), content());
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(header(&requests[0], "range"), None);
    assert_eq!(header(&requests[1], "range").as_deref(), Some("bytes=100000-"));
    assert_eq!(header(&requests[1], "if-range").as_deref(), Some(TAG));
}

#[test]
fn a_later_run_goes_on_with_the_partial_file_of_an_earlier_one() {
    let server = Server::start(|n, request, stream| match n {
        0 => cut(stream, &content(), 70_000, Some(TAG)),
        _ => serve(request, stream, &content(), TAG),
    });
    let folder = tempfile::tempdir().unwrap();
    let job = job(&server, folder.path());
    let first = quietly(&job, 1).unwrap_err();
    assert!(matches!(first, FetchError::Network { done: 70_000, .. }), "{first}");
    assert_eq!(names(folder.path()), ["table.zip.part", "table.zip.part.json"]);
    let fetched = quietly(&job, 1).unwrap();
    assert_eq!(fetched.resumed_from, 70_000);
    assert_eq!(std::fs::read(&fetched.path).unwrap(), content());
    assert_eq!(names(folder.path()), ["table.zip"]);
}

#[test]
fn a_file_that_changed_in_between_is_fetched_anew() {
    let server = Server::start(|n, request, stream| match n {
        0 => cut(stream, &content(), 70_000, Some(TAG)),
        _ => serve(request, stream, b"PK a new edition", "\"v2\""),
    });
    let folder = tempfile::tempdir().unwrap();
    let fetched = quietly(&job(&server, folder.path()), 2).unwrap();
    assert_eq!(std::fs::read(&fetched.path).unwrap(), b"PK a new edition");
}

#[test]
fn a_part_of_another_file_is_never_appended() {
    // A server that ignores If-Range and sends the rest of a newer file under a newer tag.
    let server = Server::start(|n, request, stream| match (n, header(request, "range")) {
        (0, _) => cut(stream, &content(), 10, Some(TAG)),
        (_, Some(_)) => respond(
            stream,
            "206 Partial Content",
            "ETag: \"v2\"\r\nContent-Length: 6\r\nContent-Range: bytes 10-15/16\r\n",
            b"dition",
        ),
        (_, None) => serve(request, stream, b"PK a new edition", "\"v2\""),
    });
    let folder = tempfile::tempdir().unwrap();
    let fetched = quietly(&job(&server, folder.path()), 4).unwrap();
    assert_eq!(std::fs::read(&fetched.path).unwrap(), b"PK a new edition");
}

#[test]
fn a_server_without_ranges_is_asked_for_the_whole_again() {
    let server = Server::start(|n, _, stream| match n {
        0 => cut(stream, &content(), 100_000, Some(TAG)),
        _ => cut(stream, &content(), content().len(), Some(TAG)),
    });
    let folder = tempfile::tempdir().unwrap();
    let fetched = quietly(&job(&server, folder.path()), 3).unwrap();
    assert_eq!(std::fs::read(&fetched.path).unwrap(), content(), "not the first part twice");
}

#[test]
fn without_tag_or_date_nothing_is_resumed() {
    let server = Server::start(|n, request, stream| match n {
        0 => cut(stream, &content(), 100_000, None),
        _ => serve(request, stream, &content(), TAG),
    });
    let folder = tempfile::tempdir().unwrap();
    let fetched = quietly(&job(&server, folder.path()), 3).unwrap();
    assert_eq!(std::fs::read(&fetched.path).unwrap(), content());
    assert_eq!(header(&server.requests()[1], "range"), None);
}

#[test]
fn a_wrong_checksum_leaves_nothing_behind() {
    let server = Server::start(|_, request, stream| serve(request, stream, &content(), TAG));
    for wrong in [Checksum::Md5("0".repeat(32)), Checksum::Sha256("0".repeat(64))] {
        let folder = tempfile::tempdir().unwrap();
        let job = Job { checksum: Some(wrong.clone()), ..job(&server, folder.path()) };
        let error = quietly(&job, 3).unwrap_err();
        assert!(matches!(error, FetchError::Checksum { .. }), "{error}");
        assert!(error.to_string().contains(wrong.digits()), "{error}");
        assert!(names(folder.path()).is_empty());
    }
}

#[test]
fn a_wrong_size_leaves_nothing_behind() {
    let server = Server::start(|_, request, stream| serve(request, stream, &content(), TAG));
    let folder = tempfile::tempdir().unwrap();
    let error = quietly(&Job { size: Some(17), ..job(&server, folder.path()) }, 3).unwrap_err();
    assert!(matches!(error, FetchError::Size { found: 300_004, expected: 17, .. }), "{error}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn not_found_is_not_tried_again() {
    let server =
        Server::start(|_, _, stream| respond(stream, "404 Not Found", "Content-Length: 4\r\n", b"gone"));
    let folder = tempfile::tempdir().unwrap();
    let error = quietly(&job(&server, folder.path()), 5).unwrap_err();
    assert!(matches!(error, FetchError::Status { status: 404, .. }), "{error}");
    assert_eq!(server.requests().len(), 1);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn trouble_on_the_server_is_tried_again_as_often_as_allowed() {
    let server = Server::start(|n, request, stream| match n {
        0 | 1 => respond(stream, "503 Service Unavailable", "Retry-After: 0\r\nContent-Length: 0\r\n", b""),
        _ => serve(request, stream, &content(), TAG),
    });
    let folder = tempfile::tempdir().unwrap();
    let error = quietly(&job(&server, folder.path()), 2).unwrap_err();
    assert!(error.to_string().contains("answered 503"), "{error}");
    assert!(names(folder.path()).is_empty());
    quietly(&job(&server, folder.path()), 1).unwrap();
}

#[test]
fn a_server_that_falls_silent_is_given_up_and_what_came_is_kept() {
    let server = Server::start(|_, _, stream| {
        cut(stream, &content(), 50_000, Some(TAG));
        std::thread::sleep(Duration::from_secs(20));
    });
    let folder = tempfile::tempdir().unwrap();
    let options = Options { timeout: Duration::from_millis(300), ..options(1) };
    let begun = std::time::Instant::now();
    let error = download(&job(&server, folder.path()), &options, &mut |_, _| {}).unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(matches!(error, FetchError::Network { done: 50_000, .. }), "{error}");
    assert_eq!(names(folder.path()), ["table.zip.part", "table.zip.part.json"]);
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let server = Server::start(|_, _, _| std::thread::sleep(Duration::from_secs(20)));
    let folder = tempfile::tempdir().unwrap();
    let options = Options { timeout: Duration::from_millis(300), ..options(1) };
    let error = download(&job(&server, folder.path()), &options, &mut |_, _| {}).unwrap_err();
    assert!(matches!(error, FetchError::Network { done: 0, .. }), "{error}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_redirect_is_followed_and_its_range_too() {
    let server = Server::start(|n, request, stream| {
        if request.starts_with("GET /table.zip") {
            respond(stream, "302 Found", "Location: /real/table.zip\r\nContent-Length: 0\r\n", b"");
        } else if n == 1 {
            cut(stream, &content(), 100_000, Some(TAG));
        } else {
            serve(request, stream, &content(), TAG);
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let fetched = quietly(&job(&server, folder.path()), 3).unwrap();
    assert_eq!(std::fs::read(&fetched.path).unwrap(), content());
    let last = server.requests().pop().unwrap();
    assert!(last.starts_with("GET /real/table.zip"), "{last}");
    assert_eq!(header(&last, "range").as_deref(), Some("bytes=100000-"));
}

#[test]
fn a_circle_of_redirects_ends() {
    let server = Server::start(|_, _, stream| {
        respond(stream, "302 Found", "Location: /table.zip\r\nContent-Length: 0\r\n", b"");
    });
    let folder = tempfile::tempdir().unwrap();
    assert!(quietly(&job(&server, folder.path()), 5).is_err());
    assert!(server.requests().len() < 30);
}

#[test]
fn a_login_page_is_not_taken_for_an_archive() {
    let page = b"<!DOCTYPE html><html>please log in</html>";
    let server = Server::start(move |_, request, stream| serve(request, stream, page, TAG));
    let folder = tempfile::tempdir().unwrap();
    let error = quietly(&job(&server, folder.path()), 3).unwrap_err();
    assert!(matches!(error, FetchError::NotTheFile { found: "a web page", .. }), "{error}");
    assert!(names(folder.path()).is_empty());
}

#[test]
fn the_server_names_a_file_whose_name_is_not_known() {
    let server = Server::start(|_, _, stream| {
        let headers = "Content-Length: 4\r\nContent-Disposition: attachment; filename=\"../NIOTS.zip\"\r\n";
        respond(stream, "200 OK", headers, b"PK12");
    });
    let folder = tempfile::tempdir().unwrap();
    let fetched = quietly(&Job { name: None, ..job(&server, folder.path()) }, 1).unwrap();
    assert_eq!(fetched.path, folder.path().join("NIOTS.zip"));
    // A second one does not overwrite it.
    let again = quietly(&Job { name: None, ..job(&server, folder.path()) }, 1).unwrap_err();
    assert!(matches!(again, FetchError::Exists { .. }), "{again}");
}

#[test]
fn a_file_in_the_way_is_neither_overwritten_nor_taken_for_the_right_one() {
    let server = Server::start(|_, request, stream| serve(request, stream, &content(), TAG));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("table.zip"), "mine").unwrap();
    let job = Job { checksum: Some(sha256(&content())), ..job(&server, folder.path()) };
    let error = quietly(&job, 1).unwrap_err();
    assert!(matches!(error, FetchError::Exists { .. }), "{error}");
    assert_eq!(std::fs::read(folder.path().join("table.zip")).unwrap(), b"mine");
}

#[test]
fn the_command_fetches_from_a_mirror_and_says_what_it_got() {
    let server = Server::start(|_, request, stream| {
        if request.starts_with("GET /data/IOT_2011_ixi.zip ") {
            serve(request, stream, &content(), TAG);
        } else {
            respond(stream, "404 Not Found", "Content-Length: 0\r\n", b"");
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().to_str().unwrap();
    let mirror = format!("{}/data/", server.base);
    let fetch = |year: &str, more: &[&str]| {
        let mut arguments = vec!["fetch", "exiobase3.8.2-ixi", "--year", year, "-o", to];
        arguments.extend(["--from-mirror", mirror.as_str()]);
        arguments.extend(more);
        vadex(&arguments)
    };
    let right = sha256(&content()).to_string();
    let wrong = fetch("2011", &["--checksum", &format!("sha256:{}", "0".repeat(64))]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("expected 0000"), "{}", stderr(&wrong));
    assert!(names(folder.path()).is_empty());
    let output = fetch("2011", &["--checksum", &right]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for words in ["CC BY-SA 4.0", "Stadler", "checksum verified"] {
        assert!(stderr(&output).contains(words), "`{words}` is missing from {}", stderr(&output));
    }
    assert!(stdout(&output).is_empty());
    assert_eq!(names(folder.path()), ["IOT_2011_ixi.zip"]);
    let missing = fetch("2012", &[]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(stderr(&missing).contains("404"), "{}", stderr(&missing));
    let many = vadex(&["fetch", "exiobase3.8.2-ixi", "--from-mirror", &mirror]);
    assert!(stderr(&many).contains("28 files"), "{}", stderr(&many));
    let outside = fetch("1850", &[]);
    assert!(stderr(&outside).contains("1995-2022"), "{}", stderr(&outside));
}

#[test]
fn instructions_stand_in_for_a_link() {
    let output = vadex(&["fetch", "eora26", "--year", "2010"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    for words in ["https://worldmrio.com", "Eora26_2010_bp.zip", "academic use only", "registration"] {
        assert!(text.contains(words), "`{words}` is missing from {text}");
    }
    let unknown = vadex(&["fetch", "eora62"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("did you mean `eora26`?"), "{}", stderr(&unknown));
}

#[test]
fn the_list_fits_a_screen_and_machines_get_every_fact() {
    let text = stdout(&vadex(&["fetch", "--list", "--format", "text"]));
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&vadex(&["fetch", "--list", "--format", "json"]))).unwrap();
    assert_eq!(json.as_array().unwrap().len(), DATASETS.len());
    let exiobase = json.as_array().unwrap().iter().find(|row| row["id"] == "exiobase3.8.2-pxp").unwrap();
    assert_eq!(exiobase["links"], "https://zenodo.org/records/5589597/files/IOT_{year}_pxp.zip");
    for dataset in DATASETS {
        let page = stdout(&vadex(&["fetch", dataset.id, "--show"]));
        // A link is never broken in two.
        for line in page.lines().filter(|line| !line.contains("https://")) {
            assert!(line.chars().count() <= 80, "{}: {line}", dataset.id);
        }
    }
}

#[test]
fn the_registry_is_sound() {
    let mut ids: Vec<&str> = DATASETS.iter().map(|dataset| dataset.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), DATASETS.len(), "an id stands twice");
    for dataset in DATASETS {
        assert!(!dataset.files.is_empty(), "{}: no file", dataset.id);
        for spec in dataset.files {
            assert!(spec.checksum.is_none_or(|text| text.parse::<Checksum>().is_ok()), "{}", dataset.id);
        }
        for file in dataset.files() {
            let link = file.link.unwrap_or_default();
            assert!(link.is_empty() || link.starts_with("https://"), "{}: {link}", dataset.id);
            assert!(!link.contains('{') && !link.contains('<'), "{}: {link}", dataset.id);
            let name = file.name.unwrap_or_default();
            assert!(!name.contains('/') && !name.starts_with('.'), "{}: {name}", dataset.id);
        }
    }
}
