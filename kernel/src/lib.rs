//! The array kernel: a prime-order group as vectors, for proofs that read like the paper.
//!
//! The types live in [`array`]; this file is their Python face. The interpreter's lock is
//! let go around every operation on many values.

pub mod array;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

#[pyclass(frozen, name = "Scalars", module = "hustings_kernel")]
struct PyScalars(array::Scalars);

#[pyclass(frozen, name = "Points", module = "hustings_kernel")]
struct PyPoints(array::Points);

#[pymethods]
impl PyScalars {
    #[staticmethod]
    #[pyo3(signature = (data, /))]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        py.detach(|| array::Scalars::from_bytes(data))
            .map(Self)
            .map_err(|refused| PyValueError::new_err(refused.to_string()))
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| self.0.to_bytes()))
    }

    fn times_generator(&self, py: Python<'_>) -> PyPoints {
        PyPoints(py.detach(|| self.0.times_generator()))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }
}

#[pymethods]
impl PyPoints {
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| self.0.to_bytes()))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }
}

#[pymodule]
fn hustings_kernel(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyScalars>()?;
    module.add_class::<PyPoints>()?;
    Ok(())
}
