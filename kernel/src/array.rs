//! Arrays of scalars and of points: what a vector operation takes and gives.
//!
//! Bytes that reach these types are checked once, when the array is made; an array that
//! exists holds nothing but canonical values.

use std::fmt;

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use rayon::prelude::*;

/// Bytes in one encoded scalar or point (RFC 9496, section 4).
pub const WIDTH: usize = 32;

/// Why bytes were refused as an array.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// The length is no multiple of 32 bytes; it is given.
    Length(usize),
    /// The scalar at this index is not below the group's order.
    NonCanonicalScalar(usize),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Length(n) => write!(f, "{n} bytes are no whole number of {WIDTH}-byte values"),
            Refused::NonCanonicalScalar(i) => {
                write!(f, "the scalar at index {i} is not below the group's order")
            }
        }
    }
}

/// Public scalars, in order. Secret ones will have a type of their own.
#[derive(Clone, PartialEq, Eq)]
pub struct Scalars(Vec<Scalar>);

/// Points of ristretto255, in order.
#[derive(Clone)]
pub struct Points(Vec<RistrettoPoint>);

impl Scalars {
    /// Reads little-endian scalars of 32 bytes each.
    ///
    /// # Errors
    ///
    /// `Refused` names the first value that is not canonical, or the length.
    pub fn from_bytes(data: &[u8]) -> Result<Self, Refused> {
        let (values, rest) = data.as_chunks::<WIDTH>();
        if !rest.is_empty() {
            return Err(Refused::Length(data.len()));
        }
        values
            .iter()
            .enumerate()
            .map(|(i, value)| {
                Option::<Scalar>::from(Scalar::from_canonical_bytes(*value))
                    .ok_or(Refused::NonCanonicalScalar(i))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Encodes the scalars, 32 bytes each, in order.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(Scalar::to_bytes).collect()
    }

    /// Multiplies the generator by each scalar, on all cores.
    #[must_use]
    pub fn times_generator(&self) -> Points {
        Points(self.0.par_iter().map(RistrettoPoint::mul_base).collect())
    }

    /// How many scalars there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Points {
    /// Encodes the points as RFC 9496, section 4.3.2, says: 32 bytes each, in order.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let encoded: Vec<[u8; WIDTH]> =
            self.0.par_iter().map(|p| p.compress().to_bytes()).collect();
        encoded.concat()
    }

    /// How many points there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line of spec/vectors/group/multiples.jsonl each; the same lines are read in
    /// Python and TypeScript.
    fn cases() -> Vec<serde_json::Value> {
        include_str!("../../spec/vectors/group/multiples.jsonl")
            .lines()
            .map(|line| serde_json::from_str(line).expect("a vector is one JSON object a line"))
            .collect()
    }

    #[test]
    fn multiples_of_the_generator_are_those_of_the_rfc() {
        let cases = cases();
        assert!(!cases.is_empty());
        for case in cases {
            let scalar = hex::decode(case["scalar"].as_str().unwrap()).unwrap();
            let got =
                Scalars::from_bytes(&scalar).map(|s| hex::encode(s.times_generator().to_bytes()));
            match case["expect"].as_str().unwrap() {
                "error" => assert!(got.is_err(), "{}", case["why"]),
                expected => assert_eq!(got.as_deref(), Ok(expected), "{}", case["why"]),
            }
        }
    }

    #[test]
    fn a_refusal_names_the_index() {
        let mut data = vec![0; 3 * WIDTH];
        data[2 * WIDTH..].fill(0xff);
        assert_eq!(
            Scalars::from_bytes(&data).err(),
            Some(Refused::NonCanonicalScalar(2))
        );
        assert_eq!(
            Scalars::from_bytes(&data[..40]).err(),
            Some(Refused::Length(40))
        );
    }

    impl fmt::Debug for Scalars {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "Scalars(n={})", self.len())
        }
    }
}
