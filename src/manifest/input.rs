//! Where texts come from: files, directories, stdin.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::read::Manifests;
use super::{Span, codes};
use crate::diagnostic::Diagnostic;
use crate::progress::{Amount, Progress};

/// The bound on all input of a run unless told otherwise: 256 MiB.
pub const DEFAULT_MAX_BYTES: u64 = 256 << 20;

/// No text above this: spans have 32 bits.
const MAX_TEXT: u64 = u32::MAX as u64 - 1;

/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// What to read.
pub struct Input<'a> {
    /// Files and directories in the order given; `-` is stdin.
    pub paths: Vec<PathBuf>,
    /// Whether the directories within directories are read too.
    pub recursive: bool,
    /// How many bytes all texts together may have.
    pub max_bytes: u64,
    /// What `-` reads.
    pub stdin: Option<Box<dyn Read + 'a>>,
}

impl Default for Input<'_> {
    fn default() -> Self {
        Self { paths: Vec::new(), recursive: false, max_bytes: DEFAULT_MAX_BYTES, stdin: None }
    }
}

/// Why a text was not read.
enum Refusal {
    Io(io::Error),
    TooLarge,
    Binary,
}

impl Input<'_> {
    /// Reads everything. Whatever cannot be read is a diagnostic of its own and
    /// does not keep the rest from being read, but for the bound on its size.
    pub fn read(self) -> Manifests {
        let mut manifests = Manifests::default();
        self.read_into(&mut manifests);
        manifests
    }

    /// Reads everything, and adds it to what was read before.
    pub fn read_into(mut self, manifests: &mut Manifests) {
        let mut left = self.max_bytes.min(MAX_TEXT);
        for path in std::mem::take(&mut self.paths) {
            let done = if path.as_os_str() == "-" {
                self.read_stdin(manifests, &mut left)
            } else if path.is_dir() {
                self.read_directory(&path, manifests, &mut left)
            } else {
                begin(manifests, &path.display().to_string(), Some(size(&path)));
                read_file(&path, self.max_bytes, manifests, &mut left)
            };
            if done.is_err() {
                break;
            }
        }
    }

    fn read_stdin(&mut self, manifests: &mut Manifests, left: &mut u64) -> Result<(), Stopped> {
        const NAME: &str = "<stdin>";
        let Some(mut stdin) = self.stdin.take() else {
            let message = "`-` is standard input, which is read once, and by `-f` only";
            let help = "write it into a file, and name that";
            manifests.problem(Diagnostic::error(codes::NOT_READABLE, message).help(help));
            return Ok(());
        };
        begin(manifests, "standard input", None);
        let bytes = read_bounded(&mut stdin, *left, Some(&manifests.budget.progress));
        let read = bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        begin(manifests, "standard input", Some(read));
        take(NAME, bytes, self.max_bytes, manifests, left)
    }

    fn read_directory(
        &self,
        path: &Path,
        manifests: &mut Manifests,
        left: &mut u64,
    ) -> Result<(), Stopped> {
        let mut files = Vec::new();
        list(path, self.recursive, &mut files, manifests);
        if files.is_empty() {
            let message = format!("{} has no .yaml, .yml or .json file", path.display());
            let mut diagnostic = Diagnostic::error(codes::NO_MANIFESTS, message);
            if !self.recursive {
                diagnostic = diagnostic.help("`-R` reads the directories within it too");
            }
            manifests.problem(diagnostic);
        }
        begin(manifests, &path.display().to_string(), Some(files.iter().map(|f| size(f)).sum()));
        files.iter().try_for_each(|file| read_file(file, self.max_bytes, manifests, left))
    }
}

/// Says what is going to be read as one, and how many bytes it has.
fn begin(manifests: &mut Manifests, name: &str, bytes: Option<u64>) {
    manifests.budget.passed = 0;
    manifests.budget.progress.begin(format!("reading {name}"), Amount::Bytes(bytes));
}

/// How large a file is; nothing where it cannot be read, which is told later.
fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// The bound was reached: nothing more is read.
struct Stopped;

/// The manifest files of a directory, in the order of their names.
fn list(directory: &Path, recursive: bool, files: &mut Vec<PathBuf>, manifests: &mut Manifests) {
    let entries = fs::read_dir(directory)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>());
    let mut paths = match entries {
        Ok(paths) => paths,
        Err(error) => return manifests.problem(not_readable(directory, &error)),
    };
    paths.sort();
    for path in paths {
        // A link to a directory could lead back up.
        let is_directory = fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir());
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
        if is_directory {
            if recursive && !is_hidden {
                list(&path, recursive, files, manifests);
            }
        } else if is_manifest(&path) && !path.is_dir() {
            files.push(path);
        }
    }
}

fn is_manifest(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    })
}

fn read_file(
    path: &Path,
    max_bytes: u64,
    manifests: &mut Manifests,
    left: &mut u64,
) -> Result<(), Stopped> {
    let bytes = File::open(path).map_err(Refusal::Io).and_then(|mut file| {
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        if size > *left { Err(Refusal::TooLarge) } else { read_bounded(&mut file, *left, None) }
    });
    if let Err(Refusal::Io(error)) = &bytes {
        manifests.problem(not_readable(path, error));
        return Ok(());
    }
    take(&path.display().to_string(), bytes, max_bytes, manifests, left)
}

/// Reads at most `most` bytes, and ends at the first sign of binary data. `progress`
/// is told how many there were; a file is read in no time.
fn read_bounded(
    reader: &mut dyn Read,
    most: u64,
    progress: Option<&Progress>,
) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    loop {
        let start = bytes.len();
        let read = reader.take(CHUNK as u64).read_to_end(&mut bytes).map_err(Refusal::Io)?;
        if read == 0 {
            return Ok(bytes);
        }
        if let Some(progress) = progress {
            progress.reached(bytes.len() as u64);
        }
        if bytes.len() as u64 > most {
            return Err(Refusal::TooLarge);
        }
        // UTF-16 has NULs too; it gets an error of its own.
        if !is_utf16(&bytes) && bytes[start..].contains(&0) {
            return Err(Refusal::Binary);
        }
    }
}

fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

/// Hands the bytes that were read on as text.
fn take(
    name: &str,
    bytes: Result<Vec<u8>, Refusal>,
    max_bytes: u64,
    manifests: &mut Manifests,
    left: &mut u64,
) -> Result<(), Stopped> {
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(Refusal::Io(error)) => {
            manifests.problem(not_readable(Path::new(name), &error));
            return Ok(());
        }
        Err(Refusal::Binary) => {
            let message = format!("{name} is a binary file");
            manifests.problem(
                Diagnostic::error(codes::BINARY, message)
                    .help("name files of YAML or JSON; a compressed file must be unpacked first"),
            );
            return Ok(());
        }
        Err(Refusal::TooLarge) => {
            let message =
                format!("the input is larger than {max_bytes} bytes; reading stopped at {name}");
            manifests.problem(
                Diagnostic::error(codes::TOO_LARGE, message)
                    .help("pass fewer files, or raise the bound with `--max-input`"),
            );
            return Err(Stopped);
        }
    };
    let size = bytes.len() as u64;
    *left = left.saturating_sub(size);
    if is_utf16(&bytes) {
        let message = format!("{name} is UTF-16, not UTF-8");
        manifests.problem(
            Diagnostic::error(codes::ENCODING, message)
                .help("save it as UTF-8: `iconv -f UTF-16 -t UTF-8 FILE`"),
        );
        return Ok(());
    }
    match String::from_utf8(bytes) {
        Ok(text) => {
            manifests.add_text(name, text);
            manifests.budget.passed += size;
        }
        Err(error) => {
            let bad = error.utf8_error().valid_up_to();
            invalid_utf8(name, error.as_bytes(), bad, manifests);
        }
    }
    Ok(())
}

/// Tells the place of the first byte that is not UTF-8.
fn invalid_utf8(name: &str, bytes: &[u8], bad: usize, manifests: &mut Manifests) {
    // The text up to the end of the line is kept for the label; up to the bad
    // byte it has the same offsets as the file.
    let rest = bytes.get(bad..).unwrap_or_default();
    let line_end = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
    let shown = String::from_utf8_lossy(bytes.get(..bad + line_end).unwrap_or(bytes)).into_owned();
    let source = manifests.sources.add(name, shown);
    let replaced = char::REPLACEMENT_CHARACTER.len_utf8() as u32;
    let span = Span { source, start: bad as u32, end: bad as u32 + replaced };
    let place = manifests.sources.start(span);
    let byte = rest.first().copied().unwrap_or_default();
    let message = format!(
        "{name} is not UTF-8: byte 0x{byte:02x} at line {}, column {}",
        place.line, place.column
    );
    manifests.problem(
        Diagnostic::error(codes::ENCODING, message)
            .label(Some(span), "this byte")
            .help("save it as UTF-8: `iconv -f ISO-8859-1 -t UTF-8 FILE`"),
    );
}

fn not_readable(path: &Path, error: &io::Error) -> Diagnostic {
    let path = path.display();
    let help = match error.kind() {
        io::ErrorKind::NotFound => "look at the spelling of the path, and where it starts from",
        io::ErrorKind::PermissionDenied => "let your user read it, or pipe it in: `-f -`",
        _ => "see that it can be read with `cat`, or pipe it in: `-f -`",
    };
    Diagnostic::error(codes::NOT_READABLE, format!("{path} cannot be read: {error}")).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(paths: &[&Path], recursive: bool) -> Manifests {
        let paths = paths.iter().map(|path| path.to_path_buf()).collect();
        Input { paths, recursive, ..Input::default() }.read()
    }

    fn from_stdin(reader: impl Read, max_bytes: u64) -> Manifests {
        let stdin: Option<Box<dyn Read + '_>> = Some(Box::new(reader));
        Input { paths: vec!["-".into()], max_bytes, stdin, ..Input::default() }.read()
    }

    fn codes(manifests: &Manifests) -> Vec<&'static str> {
        manifests.diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect()
    }

    const NODE: &str = "apiVersion: v1\nkind: Node\nmetadata: {name: NAME}\n";

    #[test]
    fn directories_are_read_in_order_of_names() {
        let root = tempfile::tempdir().unwrap();
        for (path, name) in [
            ("b.yml", "b"),
            ("a.yaml", "a"),
            ("c.JSON", "c"),
            ("sub/d.yaml", "d"),
            (".git/e.yaml", "e"),
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, NODE.replace("NAME", name)).unwrap();
        }
        fs::write(root.path().join("README.md"), "# text").unwrap();
        let names = |recursive| {
            let manifests = read(&[root.path()], recursive);
            assert_eq!(manifests.diagnostics, []);
            manifests.objects.into_iter().map(|object| object.meta.name).collect::<Vec<_>>()
        };
        assert_eq!(names(false), ["a", "b", "c"]);
        assert_eq!(names(true), ["a", "b", "c", "d"]);
    }

    #[test]
    fn what_cannot_be_read_does_not_hide_the_rest() {
        let root = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = root.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let good = file("good.yaml", NODE.as_bytes());
        let binary = file("binary.yaml", b"PK\x03\x04\0\0");
        let utf16 = file("utf16.yaml", b"\xff\xfea\0:\0");
        let latin = file("latin.yaml", b"a: b\nc: caf\xe9\nd: e\n");
        let empty = root.path().join("empty");
        fs::create_dir(&empty).unwrap();
        let missing = root.path().join("missing.yaml");
        let manifests = read(&[&missing, &binary, &utf16, &latin, &empty, &good], false);
        assert_eq!(codes(&manifests), ["M2C112", "M2C114", "M2C115", "M2C115", "M2C113"]);
        assert_eq!(manifests.objects.len(), 1);
        let latin = &manifests.diagnostics[3];
        assert!(latin.message.ends_with("byte 0xe9 at line 2, column 7"), "{}", latin.message);
        let place = manifests.sources.start(latin.labels[0].span);
        assert_eq!((place.line, place.column), (2, 7));
    }

    #[test]
    fn endless_input_ends_in_bounded_memory() {
        let manifests = from_stdin(io::repeat(0), DEFAULT_MAX_BYTES);
        assert_eq!(codes(&manifests), ["M2C114"]);
        let manifests = from_stdin(io::repeat(b'\n'), 1 << 20);
        assert_eq!(codes(&manifests), ["M2C116"]);
    }

    #[test]
    fn the_bound_is_on_all_input_together() {
        let root = tempfile::tempdir().unwrap();
        let paths: Vec<_> = ["a.yaml", "b.yaml"].map(|name| root.path().join(name)).into();
        for path in &paths {
            fs::write(path, NODE).unwrap();
        }
        let read = |max_bytes| Input { paths: paths.clone(), max_bytes, ..Input::default() }.read();
        let size = NODE.len() as u64;
        assert_eq!(codes(&read(2 * size)), Vec::<&str>::new());
        let manifests = read(2 * size - 1);
        assert_eq!(codes(&manifests), ["M2C116"]);
        assert_eq!(manifests.objects.len(), 1);
    }

    #[test]
    fn stdin_is_read_once() {
        let stdin: Option<Box<dyn Read>> = Some(Box::new(NODE.as_bytes()));
        let manifests =
            Input { paths: vec!["-".into(), "-".into()], stdin, ..Input::default() }.read();
        assert_eq!(codes(&manifests), ["M2C112"]);
        assert_eq!(manifests.objects.len(), 1);
    }
}
