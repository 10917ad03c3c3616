//! What is said to Redis. A value is the token of a claim after a byte 0, or an answer, whose first
//! byte is its version.

use std::time::Duration;

use axum::BoxError;
use bytes::Bytes;
use redis::{Cmd, Pipeline};

use crate::once::{
    claim_token::ClaimToken, deliveries::Claim, encoding::UnreadableAnswer,
    stored_answer::StoredAnswer,
};

const CLAIM: u8 = 0;

/// `ARGV`: the claim, and for how many milliseconds it is held.
const RENEW: &str = "\
local value = redis.call('GET', KEYS[1])
if value and value ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1";

/// `ARGV`: the claim, the answer, and for how many milliseconds it is kept.
const COMPLETE: &str = "\
local value = redis.call('GET', KEYS[1])
if value == ARGV[2] then return 1 end
if value and value ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1";

/// `ARGV`: the claim.
const RELEASE: &str = "\
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1";

/// What the two commands of a [`claim`] return: whether the key was set, and its value.
pub(super) type Claimed = (Option<String>, Option<Vec<u8>>);

/// Both in one round trip. `SET … NX GET` would do in one command, but Redis 6 does not know it.
pub(super) fn claim(key: &str, token: ClaimToken, lease: Duration) -> Pipeline {
    let mut pipeline = Pipeline::with_capacity(2);
    pipeline
        .cmd("SET")
        .arg(key)
        .arg(&value_of(token))
        .arg("NX")
        .arg("PX")
        .arg(milliseconds(lease))
        .cmd("GET")
        .arg(key);
    pipeline
}

pub(super) fn claimed((set, value): Claimed, token: ClaimToken) -> Result<Claim, BoxError> {
    if set.is_some() {
        return Ok(Claim::Granted);
    }
    let Some(value) = value else {
        // The claim of another ended between the two commands.
        return Ok(Claim::Held);
    };
    match value.first() {
        // An earlier call, whose result was lost.
        Some(&CLAIM) if value == value_of(token) => Ok(Claim::Granted),
        Some(&CLAIM) => Ok(Claim::Held),
        Some(_) => Ok(Claim::Answered(StoredAnswer::from_bytes(Bytes::from(
            value,
        ))?)),
        None => Err(UnreadableAnswer.into()),
    }
}

pub(super) fn renew(key: &str, token: ClaimToken, lease: Duration) -> Cmd {
    let mut command = script(RENEW, key);
    command.arg(&value_of(token)).arg(milliseconds(lease));
    command
}

pub(super) fn complete(
    key: &str,
    token: ClaimToken,
    answer: &StoredAnswer,
    retention: Duration,
) -> Cmd {
    let mut command = script(COMPLETE, key);
    command
        .arg(&value_of(token))
        .arg(answer.to_bytes())
        .arg(milliseconds(retention));
    command
}

pub(super) fn release(key: &str, token: ClaimToken) -> Cmd {
    let mut command = script(RELEASE, key);
    command.arg(&value_of(token));
    command
}

/// The text each time, and not its digest: a Redis that has just started knows it too.
fn script(text: &str, key: &str) -> Cmd {
    let mut command = redis::cmd("EVAL");
    command.arg(text).arg(1).arg(key);
    command
}

fn value_of(token: ClaimToken) -> [u8; 17] {
    let mut value = [CLAIM; 17];
    value[1..].copy_from_slice(token.as_bytes());
    value
}

/// Redis takes no time of 0.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}
