//! ARP answered by the kernel's own stack and by `live announce`, over the same veth.

use std::io::IoSliceMut;
use std::net::Ipv4Addr;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use metallb2cilium::live::Mac;
use metallb2cilium::live::arp::{ArpPacket, Operation};
use metallb2cilium::live::link::{Interface, Link, Reception};
use metallb2cilium::live::packet::{Frame, Heard, Packet};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    self, ControlMessageOwned, LinkAddr, MsgFlags, setsockopt, sockopt::ReceiveTimestampns,
};
use nix::sys::time::TimeSpec;

use super::median::median;
use super::support::net::{Lan, wait_until};
use super::support::reader::files;

pub(crate) const TOOLS: [&str; 1] = ["ip"];

const BINARY: &str = env!("CARGO_BIN_EXE_metallb2cilium");
/// The asker, the kernel's address, and the one that is announced, all on the link.
const ASKER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 10);
const KERNEL: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 11);
const ANNOUNCED: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 100);
/// So many requests are on their way at once where the rate is measured.
const WINDOW: usize = 64;
/// What has not been answered by then is lost.
const LOST: Duration = Duration::from_millis(100);

/// What one side did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side {
    /// Answers a second.
    pub(crate) rate: f64,
    /// The median time from a request to the arrival of its answer at the asker's
    /// interface, one at a time, in seconds.
    pub(crate) latency: f64,
    /// The same until the asker, who sleeps meanwhile, has read it.
    pub(crate) read: f64,
}

/// Both sides, one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    pub(crate) kernel: Side,
    pub(crate) ours: Side,
}

impl Round {
    /// How many times the kernel's rate.
    pub(crate) fn rate(&self) -> f64 {
        self.ours.rate / self.kernel.rate
    }

    /// How many times the kernel's latency.
    pub(crate) fn latency(&self) -> f64 {
        self.ours.latency / self.kernel.latency
    }

    /// The same until the asker has read it.
    pub(crate) fn read(&self) -> f64 {
        self.ours.read / self.kernel.read
    }
}

const INPUT: &str = "
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: pool, namespace: metallb-system}
spec: {addresses: [192.0.2.100/32]}
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: {name: l2, namespace: metallb-system}
---
apiVersion: v1
kind: Node
metadata: {name: node-a}
status: {addresses: [{type: InternalIP, address: 192.0.2.11}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, clusterIP: 10.96.0.1, ports: [{port: 80}]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.100}]}}
";

/// Measures both sides so many times, each for so long.
pub(crate) fn rounds(rounds: usize, time: Duration) -> Vec<Round> {
    let lan = Lan::new(2);
    let dir = files(&[("all.yaml", INPUT)]);
    let file = dir.path().join("all.yaml");
    let announce = [
        "live",
        "announce",
        "--engine",
        "metallb",
        "--node",
        "node-a",
        "--really-answer",
        "--take-over",
        "--for",
        "10m",
        "-f",
        file.to_str().unwrap(),
    ];
    let one = |asker: &mut Asker| {
        let kernel = asker.measure(KERNEL, time);
        let running = lan.host(1).start(BINARY, announce);
        running.until_said("announced 192.0.2.100");
        assert!(wait_until(Duration::from_secs(10), || asker.is_answered(ANNOUNCED)));
        let ours = asker.measure(ANNOUNCED, time);
        Round { kernel, ours }
    };
    lan.host(0).within(|| {
        let interface = Interface::find("eth0").unwrap();
        let mac = interface.mac.unwrap();
        let mut asker = Asker::new(interface, mac);
        (0..rounds).map(|_| one(&mut asker)).collect()
    })
}

/// A host that asks.
struct Asker {
    link: Link,
    mac: Mac,
}

impl Asker {
    fn new(interface: Interface, mac: Mac) -> Self {
        let link = Link::open(interface, Reception::Ours).unwrap();
        let [arp, _] = link.sockets();
        setsockopt(&arp, ReceiveTimestampns, &true).unwrap();
        // The kernel begins to take the times of arrival a little later.
        std::thread::sleep(Duration::from_millis(100));
        Self { link, mac }
    }

    fn measure(&mut self, ip: Ipv4Addr, time: Duration) -> Side {
        let rate = self.rate(ip, time);
        let (latency, read) = self.latency(ip, time);
        Side { rate, latency, read }
    }

    fn request(&self, ip: Ipv4Addr) -> Frame {
        let packet = ArpPacket { sender_ip: ASKER, ..ArpPacket::probe(self.mac, ip) };
        Frame { to: Mac::BROADCAST, packet: Packet::Arp(packet) }
    }

    /// Sleeps until an answer comes, or for so long, as who asks does: one that did not
    /// would keep a processor from who answers.
    fn sleep(&self, patience: Duration) {
        let [arp, _] = self.link.sockets();
        let timeout = PollTimeout::try_from(patience).unwrap();
        poll(&mut [PollFd::new(arp.as_fd(), PollFlags::POLLIN)], timeout).unwrap();
    }

    /// Takes answers in, none after so long.
    fn answers(&mut self, ip: Ipv4Addr, patience: Duration) -> usize {
        self.sleep(patience);
        count(&self.link.receive([true, false]).unwrap(), ip)
    }

    fn is_answered(&mut self, ip: Ipv4Addr) -> bool {
        self.link.send(&self.request(ip)).unwrap();
        self.answers(ip, LOST) > 0
    }

    fn drain(&mut self, ip: Ipv4Addr) {
        while self.answers(ip, Duration::from_millis(20)) > 0 {}
    }

    /// Answers a second, with a window of requests.
    fn rate(&mut self, ip: Ipv4Addr, time: Duration) -> f64 {
        self.drain(ip);
        let requests = vec![self.request(ip); WINDOW];
        let (start, mut total, mut room) = (Instant::now(), 0_u32, WINDOW);
        while start.elapsed() < time {
            self.link.send_all(&requests[..room]).unwrap();
            let answers = self.answers(ip, LOST);
            total += u32::try_from(answers).unwrap();
            // Without any answer those on their way are lost.
            room = if answers == 0 { WINDOW } else { answers.min(WINDOW) };
        }
        f64::from(total) / start.elapsed().as_secs_f64()
    }

    /// The median times to an answer's arrival, and until it is read, one request at a
    /// time.
    fn latency(&mut self, ip: Ipv4Addr, time: Duration) -> (f64, f64) {
        self.drain(ip);
        let request = self.request(ip);
        let (start, mut arrived, mut read) = (Instant::now(), Vec::new(), Vec::new());
        while start.elapsed() < time {
            let (sent, wall) = (Instant::now(), SystemTime::now());
            self.link.send(&request).unwrap();
            self.sleep(LOST);
            if let Some(at) = self.arrival() {
                read.push(sent.elapsed().as_secs_f64());
                let wall = wall.duration_since(UNIX_EPOCH).unwrap();
                arrived.push(at.saturating_sub(wall).as_secs_f64());
            }
        }
        (median(arrived.into_iter()), median(read.into_iter()))
    }

    /// When the next packet arrived at the interface, by the kernel's clock on the wall;
    /// `None` where there is none.
    fn arrival(&self) -> Option<Duration> {
        let (mut buffer, mut control) = ([0; 64], nix::cmsg_space!(TimeSpec));
        let mut parts = [IoSliceMut::new(&mut buffer)];
        let received = socket::recvmsg::<LinkAddr>(
            self.link.sockets()[0].as_raw_fd(),
            &mut parts,
            Some(&mut control),
            MsgFlags::MSG_DONTWAIT,
        );
        received.ok()?.cmsgs().unwrap().find_map(|one| match one {
            ControlMessageOwned::ScmTimestampns(at) => Some(at.into()),
            _ => None,
        })
    }
}

/// How many of them are answers for the address.
fn count(heard: &[Heard], ip: Ipv4Addr) -> usize {
    let is_answer = |packet: &Packet| match packet {
        Packet::Arp(arp) => arp.operation == Operation::Reply && arp.sender_ip == ip,
        Packet::Ndp(_) => false,
    };
    heard.iter().filter(|heard| heard.for_us && is_answer(&heard.packet)).count()
}
