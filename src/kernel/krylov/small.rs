//! The least-squares problem that GMRES solves for one right-hand side.

/// The small least-squares problem of one column: its Hessenberg matrix, turned into a triangle by Givens rotations.
pub(super) struct Small {
    /// Columns of the triangle.
    triangle: Vec<Vec<f64>>,
    rotations: Vec<(f64, f64)>,
    /// The right-hand side, rotated; the last number is what is left.
    right: Vec<f64>,
    target: f64,
}

impl Small {
    pub(super) fn new(norm: f64, target: f64) -> Self {
        Self { triangle: Vec::new(), rotations: Vec::new(), right: vec![norm], target }
    }

    pub(super) fn done(&self) -> bool {
        // The loop of `solve` finds NaN in the residual itself.
        let left = self.right[self.right.len() - 1].abs();
        left <= self.target || left.is_nan()
    }

    /// Takes one more column of the Hessenberg matrix.
    pub(super) fn append(&mut self, mut column: Vec<f64>) {
        for (k, (cosine, sine)) in self.rotations.iter().enumerate() {
            let (a, b) = (column[k], column[k + 1]);
            column[k] = cosine * a + sine * b;
            column[k + 1] = cosine * b - sine * a;
        }
        let k = self.rotations.len();
        let size = column[k].hypot(column[k + 1]);
        let (cosine, sine) = if size > 0.0 { (column[k] / size, column[k + 1] / size) } else { (1.0, 0.0) };
        column[k] = size;
        column.truncate(k + 1);
        self.triangle.push(column);
        self.rotations.push((cosine, sine));
        let left = self.right[k];
        self.right[k] = cosine * left;
        self.right.push(-sine * left);
    }

    /// The weights of the basis vectors, by back substitution; a zero pivot belongs to a vector that adds nothing.
    pub(super) fn weights(&self) -> Vec<f64> {
        let mut weights = self.right[..self.triangle.len()].to_vec();
        for k in (0..weights.len()).rev() {
            let column = &self.triangle[k];
            weights[k] = if column[k] > 0.0 { weights[k] / column[k] } else { 0.0 };
            for i in 0..k {
                weights[i] -= column[i] * weights[k];
            }
        }
        weights
    }
}
