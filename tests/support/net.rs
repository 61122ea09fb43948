//! Network namespaces of a test's own: hosts on one bridged link. Everything goes
//! when the link is dropped.

use std::ffi::OsStr;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Whether tests of the network can run here. Where they cannot, that is said, and is
/// a failure where `REQUIRE_NET` is set.
pub(crate) fn available(tools: &[&str]) -> bool {
    let missing = tools.iter().find(|tool| !has(tool));
    let why = match missing {
        Some(tool) => Some(format!("{tool} is not installed")),
        None if !can_make_namespaces() => Some("network namespaces cannot be made".to_owned()),
        None => None,
    };
    let Some(why) = why else { return true };
    assert!(std::env::var_os("REQUIRE_NET").is_none(), "REQUIRE_NET is set, but {why}");
    super::skipped(&why);
    false
}

fn has(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/sbin", "/usr/lib/frr"].map(Into::into);
    std::env::split_paths(&path).chain(system).any(|dir| dir.join(tool).is_file())
}

fn can_make_namespaces() -> bool {
    has("ip") && {
        let name = name("try");
        let made = run("ip", ["netns", "add", &name]).status.success();
        made && run("ip", ["netns", "del", &name]).status.success()
    }
}

fn name(role: &str) -> String {
    format!("m2c-{}-{}-{role}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Runs a program to its end.
pub(crate) fn run(program: &str, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
    Command::new(program).args(args).stdin(Stdio::null()).output().unwrap()
}

fn ip(line: &str) {
    let output = run("ip", line.split_whitespace());
    assert!(output.status.success(), "ip {line}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Hosts on one link.
pub(crate) struct Lan {
    switch: String,
    hosts: Vec<Host>,
}

/// A host: a namespace with the interface `eth0`.
pub(crate) struct Host {
    namespace: String,
    /// Its link-layer address.
    pub(crate) mac: String,
}

impl Lan {
    /// So many hosts: the n-th, from 0, has 192.0.2.(10+n)/24 and 2001:db8::(10+n)/64.
    pub(crate) fn new(hosts: usize) -> Self {
        let mut lan = Self { switch: name("sw"), hosts: Vec::new() };
        let switch = lan.switch.clone();
        ip(&format!("netns add {switch}"));
        ip(&format!("-n {switch} link add br0 type bridge mcast_snooping 0"));
        ip(&format!("-n {switch} link set br0 up"));
        for n in 0..hosts {
            let namespace = name(&format!("h{n}"));
            ip(&format!("netns add {namespace}"));
            let mac = format!("02:00:00:00:00:{n:02x}");
            lan.hosts.push(Host { namespace: namespace.clone(), mac: mac.clone() });
            ip(&format!(
                "link add eth0 netns {namespace} address {mac} type veth peer name p{n} netns {switch}"
            ));
            ip(&format!("-n {switch} link set p{n} master br0 up"));
            // No address detection, no router solicitations: nothing comes by itself.
            for setting in ["accept_dad=0", "router_solicitations=0"] {
                let line =
                    format!("netns exec {namespace} sysctl -qw net.ipv6.conf.eth0.{setting}");
                ip(&line);
            }
            ip(&format!("-n {namespace} link set lo up"));
            ip(&format!("-n {namespace} link set eth0 up"));
            ip(&format!("-n {namespace} addr add 192.0.2.{}/24 dev eth0", 10 + n));
            ip(&format!("-n {namespace} addr add 2001:db8::{}/64 dev eth0 nodad", 10 + n));
        }
        lan
    }

    /// Cuts the n-th host off; its own interface does not show it.
    pub(crate) fn cut(&self, n: usize) {
        ip(&format!("-n {} link set p{n} nomaster", self.switch));
    }

    /// The n-th host, from 0.
    pub(crate) fn host(&self, n: usize) -> &Host {
        &self.hosts[n]
    }
}

impl Drop for Lan {
    fn drop(&mut self) {
        for namespace in self.hosts.iter().map(|host| &host.namespace).chain([&self.switch]) {
            run("ip", ["netns", "del", namespace]);
        }
    }
}

impl Host {
    /// `ip` in the host.
    pub(crate) fn ip(&self, line: &str) {
        ip(&format!("-n {} {line}", self.namespace));
    }

    /// Sets a setting of the host's kernel.
    pub(crate) fn sysctl(&self, setting: &str) {
        ip(&format!("netns exec {} sysctl -qw {setting}", self.namespace));
    }

    /// What `ip` says in the host.
    pub(crate) fn ip_says(&self, line: &str) -> String {
        let output = run("ip", ["-n", &self.namespace].into_iter().chain(line.split(' ')));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Does something in the host: sockets that it opens stay there.
    #[cfg(target_os = "linux")]
    pub(crate) fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| {
            let worker = scope.spawn(|| {
                let namespace = std::fs::File::open(format!("/run/netns/{}", self.namespace));
                enter(&namespace.unwrap());
                work()
            });
            worker.join().unwrap()
        })
    }

    /// A program in the host.
    pub(crate) fn command(
        &self,
        program: &str,
        args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace, program]).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a program in the host, a minute at most.
    pub(crate) fn run(
        &self,
        program: &str,
        args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Finished {
        self.start(program, args).finish(Duration::from_secs(60))
    }

    /// Starts a program in the host.
    pub(crate) fn start(
        &self,
        program: &str,
        args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Running {
        let mut child = self.command(program, args).spawn().unwrap();
        let stdout = gather(child.stdout.take().unwrap());
        let stderr = gather(child.stderr.take().unwrap());
        Running { child, stdout, stderr }
    }
}

/// Moves this thread into a network namespace.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "no safe wrapper that is a dependency has it")]
fn enter(namespace: &std::fs::File) {
    use std::os::fd::AsRawFd as _;
    // SAFETY: the descriptor is open, and only this thread is moved.
    let moved = unsafe { nix::libc::setns(namespace.as_raw_fd(), nix::libc::CLONE_NEWNET) };
    assert_eq!(moved, 0, "{}", std::io::Error::last_os_error());
}

type Gathered = std::sync::Arc<std::sync::Mutex<Vec<u8>>>;

/// Reads a stream as it comes.
fn gather(mut stream: impl std::io::Read + Send + 'static) -> (Gathered, thread::JoinHandle<()>) {
    let gathered = Gathered::default();
    let into = std::sync::Arc::clone(&gathered);
    let reader = thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            into.lock().unwrap().extend(&buffer[..length]);
        }
    });
    (gathered, reader)
}

/// What a program left.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A program that runs; it is killed when this is dropped.
pub(crate) struct Running {
    child: Child,
    stdout: (Gathered, thread::JoinHandle<()>),
    stderr: (Gathered, thread::JoinHandle<()>),
}

impl Running {
    /// What it has written so far, to both streams.
    pub(crate) fn said(&self) -> String {
        let text = |bytes: &Gathered| String::from_utf8_lossy(&bytes.lock().unwrap()).into_owned();
        text(&self.stdout.0) + &text(&self.stderr.0)
    }

    /// Waits until it has written that, half a minute at most.
    pub(crate) fn until_said(&self, text: &str) {
        let said = wait_until(Duration::from_secs(30), || self.said().contains(text));
        assert!(said, "{text:?} is not in:\n{}", self.said());
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    pub(crate) fn is_over(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        // Ended and not waited for yet: the state behind the name is Z.
        stat.unwrap_or_default().rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z'))
    }

    /// Its lines of `/proc/PID/status` on memory, in KiB, such as `VmRSS`.
    pub(crate) fn memory(&self, line: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))?;
        found.split_whitespace().next()?.parse().ok()
    }

    /// Sends it a signal, such as `-TERM`.
    pub(crate) fn signal(&self, signal: &str) {
        assert!(run("kill", [signal, &self.child.id().to_string()]).status.success());
    }

    /// Waits for its end.
    pub(crate) fn finish(mut self, limit: Duration) -> Finished {
        let ended = wait_until(limit, || self.child.try_wait().unwrap().is_some());
        assert!(ended, "it does not end:\n{}", self.said());
        let status = self.child.wait().unwrap().code();
        // What it started may hold the streams open for a moment.
        wait_until(Duration::from_secs(5), || {
            self.stdout.1.is_finished() && self.stderr.1.is_finished()
        });
        let text = |bytes: &Gathered| String::from_utf8(bytes.lock().unwrap().clone()).unwrap();
        Finished { status, stdout: text(&self.stdout.0), stderr: text(&self.stderr.0) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is so; whether it is in time.
pub(crate) fn wait_until(limit: Duration, mut so: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < limit {
        if so() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    so()
}
