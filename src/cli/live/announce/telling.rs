//! What `live announce` tells: what it would send, and what it did.

use serde_json::{Value, json};

use super::super::super::Console;
use super::super::output::{LiveFormat, line};
use super::AnnounceArgs;
use crate::live::announce::{Event, Reason};
use crate::live::expected::Duty;
use crate::live::link::Interface;

/// Says what would be sent.
pub(super) fn dry(
    args: &AnnounceArgs,
    duties: &[Duty],
    interfaces: &[Interface],
    console: &mut Console<'_>,
) -> anyhow::Result<()> {
    for duty in duties {
        for interface in interfaces.iter().filter(|one| duty.interfaces.contains(&one.name)) {
            let services: Vec<&str> = duty.services.iter().map(String::as_str).collect();
            let text = match args.output {
                LiveFormat::Text => {
                    let (announces, answers) = if duty.ip.is_ipv4() {
                        ("gratuitous ARP", "ARP requests")
                    } else {
                        ("unsolicited neighbour advertisements", "neighbour solicitations")
                    };
                    let mac = interface.mac.unwrap_or_default();
                    format!(
                        "{} on {}: would send {announces} and answer {answers} with {mac} ({})",
                        duty.ip,
                        interface.name,
                        services.join(", ")
                    )
                }
                LiveFormat::Json => json!({
                    "event": "wouldAnswer",
                    "ip": duty.ip,
                    "interface": interface.name,
                    "mac": interface.mac,
                    "services": services,
                })
                .to_string(),
            };
            line(console, args.output, &text)?;
        }
    }
    console.say("nothing was sent: --really-answer --for DURATION does it")?;
    Ok(())
}

pub(super) fn with_time(mut value: Value, time: &str) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.insert("time".to_owned(), Value::from(time));
    }
    value
}

/// An event for people and for machines.
pub(super) fn told<'a>(event: &Event, name: impl Fn(&usize) -> &'a str) -> (String, Value) {
    match event {
        Event::Began => ("answering from now on".to_owned(), json!({"event": "began"})),
        Event::Announced(link, ip) => (
            format!("{} announced {ip}", name(link)),
            json!({"event": "announced", "interface": name(link), "ip": ip}),
        ),
        Event::Answered(link, ip, to) => (
            format!("{} answered {to} for {ip}", name(link)),
            json!({"event": "answered", "interface": name(link), "ip": ip, "to": to}),
        ),
        Event::Silent(reason) => {
            let (text, word) = match reason {
                Reason::Over => ("the time is over".to_owned(), "over"),
                Reason::Asked => ("stopped by a signal".to_owned(), "signal"),
                Reason::LinkLost(link) => {
                    (format!("the link of {} is lost", name(link)), "linkLost")
                }
                Reason::Taken(ip, by) => (
                    format!(
                        "{by} has {ip}: nothing was announced (--take-over does it all the same)"
                    ),
                    "taken",
                ),
                Reason::Conflict(ip, by) => (format!("{by} claims {ip}, too"), "conflict"),
            };
            let mut value = json!({"event": "silent", "reason": word});
            if let (Reason::Taken(ip, by) | Reason::Conflict(ip, by), Value::Object(fields)) =
                (reason, &mut value)
            {
                fields.insert("ip".to_owned(), json!(ip));
                fields.insert("by".to_owned(), json!(by));
            }
            (format!("silent: {text}"), value)
        }
    }
}
