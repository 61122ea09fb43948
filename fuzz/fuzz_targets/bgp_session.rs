//! A BGP session from its connection to its end, with any peer: whatever it sends, this
//! side says what makes sense, and takes back every route that it has told.

#![no_main]

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use arbitrary::{Arbitrary, Unstructured};
use ipnet::IpNet;
use libfuzzer_sys::fuzz_target;
use metallb2cilium::ip::Family;
use metallb2cilium::live::bgp::message::{Message, Outgoing, Stream};
use metallb2cilium::live::bgp::notification::{Notification, Reason};
use metallb2cilium::live::bgp::open::{Capabilities, GracefulRestart, Open};
use metallb2cilium::live::bgp::routes::{NextHops, Route, Shared};
use metallb2cilium::live::bgp::session::{Action, Closing, End, Session, Wanted};
use metallb2cilium::live::bgp::update::{Agreed, decode};
use metallb2cilium::verify::sessions::{Authentication, Parameters, RemoteAsn, Source};

/// What can happen to a session.
#[derive(Debug, Arbitrary)]
enum Event {
    /// Any bytes.
    Bytes(Vec<u8>),
    Open(Peer),
    KeepAlive,
    Update(Vec<u8>),
    Notification(u8, u8, Vec<u8>),
    Refresh(u8, u8, u8),
    /// So much time goes by.
    Tick(u8),
    /// Everything that is due by then is done in time.
    Wait(u8),
    /// There is room for so many octets.
    Fill(u16),
    Closed,
    Interrupted,
}

#[derive(Debug, Arbitrary)]
struct Peer {
    asn: Number,
    hold: u8,
    router_id: u8,
    families: Option<[bool; 2]>,
    flags: [bool; 4],
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Number {
    Ours,
    Theirs,
    Large,
    Any(u32),
}

impl Number {
    fn get(self) -> u32 {
        match self {
            Self::Ours => 64512,
            Self::Theirs => 64513,
            Self::Large => 4_200_000_000,
            Self::Any(number) => number.max(1),
        }
    }
}

#[derive(Debug, Arbitrary)]
struct This {
    asn: Number,
    remote: u8,
    hold: u8,
    keepalive: u8,
    stay: u8,
    families: [bool; 2],
    restart: Option<u8>,
    unnumbered: bool,
    next_hops: [bool; 3],
    routes: Vec<(u8, u8, u8)>,
    many: u8,
}

fuzz_target!(|bytes: &[u8]| {
    let mut input = Unstructured::new(bytes);
    if let Ok(this) = This::arbitrary(&mut input) {
        play(&this, &mut input);
    }
});

fn families(flags: [bool; 2]) -> BTreeSet<Family> {
    [Family::V4, Family::V6]
        .into_iter()
        .zip(flags)
        .filter(|(_, set)| *set)
        .map(|(f, _)| f)
        .collect()
}

fn wanted(this: &This) -> Wanted {
    let remote_asn = match this.remote % 4 {
        0 => RemoteAsn::Any,
        1 => RemoteAsn::Own,
        2 => RemoteAsn::Other,
        _ => RemoteAsn::Number(64513),
    };
    let [v4, v6, local] = this.next_hops;
    let many = (0..u32::from(this.many) * 16).map(|host| {
        let address = Ipv4Addr::from(0x0a00_0000 + host);
        Route { prefix: IpNet::from(std::net::IpAddr::V4(address)), shared: Shared::default() }
    });
    let several = this.routes.iter().take(32).map(|&(net, length, shared)| {
        let prefix = if net & 1 == 0 {
            IpNet::new([net, 1, 2, 3].into(), length % 33)
        } else {
            IpNet::new([0x2001, 0xdb8, u16::from(net), 0, 0, 0, 0, 1].into(), length % 129)
        };
        let shared = Shared {
            local_pref: (shared & 1 != 0).then_some(u32::from(shared)),
            communities: vec![u32::from(shared); usize::from(shared >> 1 & 7)],
            large: vec![[u32::from(shared), 1, 2]; usize::from(shared >> 4) * 40],
        };
        Route { prefix: prefix.expect("the length is right").trunc(), shared }
    });
    Wanted {
        parameters: Parameters {
            local_asn: this.asn.get(),
            remote_asn,
            port: 179,
            hold: u64::from(this.hold) * 300,
            keepalive: u64::from(this.keepalive),
            connect_retry: 120,
            families: families(this.families),
            authentication: Authentication::None,
            ttl: None,
            graceful_restart: this.restart.map(u16::from),
            bfd: false,
            vrf: None,
            router_id: None,
            source: Source::Routed,
        },
        unnumbered: this.unnumbered,
        router_id: Ipv4Addr::new(192, 0, 2, 1),
        stay: Duration::from_secs(this.stay.into()),
        farewell: "done".to_owned(),
        // A prefix goes once.
        routes: {
            let mut seen = BTreeSet::new();
            several.chain(many).filter(|route| seen.insert(route.prefix)).collect()
        },
        next_hops: NextHops {
            v4: v4.then_some([192, 0, 2, 1].into()),
            v6: v6.then_some([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into()),
            v4_by_v6: false,
            link_local: local.then_some([0xfe80, 0, 0, 0, 0, 0, 0, 1].into()),
        },
    }
}

/// The session with what is held against it.
struct Play {
    session: Session,
    now: Instant,
    incoming: Stream,
    garbled: bool,
    /// What this side has sent and the peer has not read.
    sent: Vec<u8>,
    outgoing: Stream,
    /// What the peer knows by now.
    known: BTreeSet<IpNet>,
    /// What it was told of, the whole time.
    told: BTreeSet<IpNet>,
    ended: Option<End>,
    /// How long it is to stay.
    stay: Duration,
    /// When it is left at the latest.
    leaving: Option<Instant>,
    routes: BTreeSet<IpNet>,
    agreed: Option<Agreed>,
    local_asn: u32,
}

fn play(this: &This, input: &mut Unstructured<'_>) {
    let wanted = wanted(this);
    let now = Instant::now();
    let routes = wanted.routes.iter().map(|route| route.prefix).collect();
    let (local_asn, stay) = (wanted.parameters.local_asn, wanted.stay);
    let (session, first) = Session::new(wanted, now);
    let mut play = Play {
        session,
        now,
        incoming: Stream::default(),
        garbled: false,
        sent: Vec::new(),
        outgoing: Stream::default(),
        known: BTreeSet::new(),
        told: BTreeSet::new(),
        ended: None,
        stay,
        leaving: None,
        routes,
        agreed: None,
        local_asn,
    };
    play.act(vec![first]);
    let mut events = 0;
    while let Ok(event) = Event::arbitrary(input)
        && !input.is_empty()
        && events < 100
    {
        events += 1;
        play.event(event);
    }
    // Whatever happened, the session ends when it is left.
    let actions = play.session.interrupted(play.now);
    play.act(actions);
    play.leaves(play.now);
    while play.ended.is_none() {
        let was = play.session.has_more();
        play.fill(usize::MAX);
        assert!(was || play.ended.is_some(), "nothing to send, and not over");
    }
    play.over();
}

impl Play {
    fn event(&mut self, event: Event) {
        match event {
            Event::Bytes(bytes) => self.read(&bytes),
            Event::Open(peer) => self.read(&open(&peer)),
            Event::KeepAlive => self.read(&Outgoing::KeepAlive.encode()),
            Event::Update(body) => self.read(&framed(2, &body)),
            Event::Notification(code, subcode, data) => {
                let told = Notification::new(Reason(code, subcode), &data);
                self.read(&Outgoing::Notification(told).encode());
            }
            Event::Refresh(afi, subtype, safi) => self.read(&framed(5, &[0, afi, subtype, safi])),
            Event::Tick(seconds) => {
                self.now += Duration::from_secs(seconds.into());
                self.tick();
            }
            Event::Wait(seconds) => {
                let until = self.now + Duration::from_secs(seconds.into());
                let mut times = 0;
                while let Some(due) = self.session.next_due().filter(|due| *due <= until)
                    && self.ended.is_none()
                {
                    self.now = self.now.max(due);
                    self.tick();
                    times += 1;
                    assert!(times < 1000, "what is due is never done");
                }
                self.now = self.now.max(until);
            }
            Event::Fill(room) => self.fill(room.into()),
            Event::Closed => {
                let actions = self.session.closed(Closing::Orderly);
                self.act(actions);
                assert!(self.ended.is_some());
            }
            Event::Interrupted => {
                let actions = self.session.interrupted(self.now);
                self.leaves(self.now);
                self.act(actions);
            }
        }
    }

    fn leaves(&mut self, at: Instant) {
        self.leaving = Some(self.leaving.map_or(at, |known| known.min(at)));
    }

    fn tick(&mut self) {
        let actions = self.session.tick(self.now);
        self.act(actions);
    }

    fn fill(&mut self, room: usize) {
        let actions = self.session.fill(&mut self.sent, room);
        self.peer_reads();
        self.act(actions);
    }

    /// What the peer has sent goes the way that it goes from a socket.
    fn read(&mut self, bytes: &[u8]) {
        if self.garbled {
            return;
        }
        self.incoming.extend(bytes);
        loop {
            match self.incoming.next_message() {
                Ok(Some(message)) => {
                    let actions = self.session.received(message, self.now);
                    self.act(actions);
                }
                Ok(None) => return,
                Err(told) => {
                    self.garbled = true;
                    let actions = self.session.garbled(told);
                    self.act(actions);
                    assert!(self.ended.is_some());
                    return;
                }
            }
        }
    }

    fn act(&mut self, actions: Vec<Action>) {
        assert!(self.ended.is_none() || actions.is_empty(), "{actions:?} behind the end");
        for action in actions {
            assert_eq!(self.ended, None, "something behind the end");
            match action {
                Action::Send(message) => {
                    self.sent.extend(message.encode());
                    self.peer_reads();
                }
                Action::Established => self.established(),
                Action::Over(end) => self.ended = Some(end),
            }
        }
    }

    fn established(&mut self) {
        self.leaves(self.now + self.stay);
        let negotiated = self.session.negotiated().expect("it is negotiated by now");
        self.agreed = Some(Agreed {
            internal: negotiated.asn == self.local_asn,
            four_octet_as: negotiated.four_octet_as,
            extended_next_hop: negotiated.extended_next_hop,
            families: negotiated.families.clone(),
        });
    }

    /// The peer reads what was sent, by the same rules.
    fn peer_reads(&mut self) {
        self.outgoing.extend(&std::mem::take(&mut self.sent));
        while let Some(message) = self.outgoing.next_message().expect("this side speaks BGP") {
            let Message::Update(body) = message else { continue };
            let agreed = self.agreed.as_ref().expect("routes go once it is up");
            let update = decode(&body, agreed).expect("this side sends good UPDATEs");
            assert!(update.faults.is_empty(), "{update:?}");
            for prefix in update.withdrawn {
                assert!(self.known.remove(&prefix), "{prefix} is taken back, but was not told");
            }
            for prefix in update.announced {
                assert!(self.routes.contains(&prefix), "{prefix} was not asked for");
                self.known.insert(prefix);
                self.told.insert(prefix);
            }
        }
    }

    /// What holds at the end.
    fn over(&mut self) {
        assert_eq!(self.session.told().copied().collect::<BTreeSet<_>>(), self.told);
        assert!(!self.session.has_more());
        // The peer has half a minute to read that its routes are taken back.
        let patience = Duration::from_secs(30);
        let in_time = self.leaving.is_none_or(|at| self.now < at + patience);
        if matches!(self.ended, Some(End::Left | End::Interrupted)) && in_time {
            assert!(self.known.is_empty(), "{:?} are left", self.known);
        }
        assert_eq!(self.session.tick(self.now + Duration::from_secs(1 << 20)), []);
        let mut more = Vec::new();
        assert_eq!((self.session.fill(&mut more, usize::MAX), more), (vec![], vec![]));
    }
}

fn open(peer: &Peer) -> Vec<u8> {
    let [route_refresh, extended_next_hop, four_octet_as, restart] = peer.flags;
    let open = Open {
        asn: if four_octet_as { peer.asn.get() } else { peer.asn.get().clamp(1, 0xffff) },
        hold: u16::from(peer.hold),
        router_id: Ipv4Addr::new(192, 0, 2, peer.router_id),
        capabilities: Capabilities {
            families: peer.families.map(families),
            route_refresh,
            extended_next_hop,
            four_octet_as,
            graceful_restart: restart.then(GracefulRestart::default),
        },
    };
    Outgoing::Open(open).encode()
}

fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
    let body = &body[..body.len().min(4096 - 19)];
    let length = (19 + body.len()) as u16;
    [&[0xff; 16], length.to_be_bytes().as_slice(), &[kind], body].concat()
}
