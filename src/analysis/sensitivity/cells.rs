//! What can be changed, cell by cell and column by column: flows `[Z Y]`, or input coefficients with a value-added share
//! below each column. Nothing is kept a cell: what follows from one is computed when it is asked for.

use nalgebra::DMatrix;

use super::Rank;
use crate::labels::Axis;
use crate::uncertainty::{Buyer, FirstOrder, Gradient};

/// Seller or buyer in labels, as positions in the lists of names; 0 for what is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub economy: u32,
    pub sector: u32,
}

/// What follows from changing a cell, or several in proportion.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Effect {
    /// Flow, in the unit of the table.
    pub flow: f64,
    /// What is changed: the flow, the coefficient or the share.
    pub base: f64,
    /// Σ base · derivative.
    pub weighted: f64,
    pub derivative: f64,
    pub variance_share: f64,
}

/// One row of the result.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub seller: Place,
    pub buyer: Place,
    pub effect: Effect,
}

impl Row {
    /// What rows are ranked by.
    pub fn rank(&self, by: Rank) -> f64 {
        match by {
            Rank::Effect => self.effect.weighted.abs(),
            Rank::Variance => self.effect.variance_share,
        }
    }
}

/// What the cells are.
pub(super) enum Changed<'a> {
    /// Flows, with what each adds to the variance.
    Flows(&'a FirstOrder),
    /// Input coefficients.
    Coefficients {
        coefficients: &'a DMatrix<f64>,
        output: &'a [f64],
        /// Value-added shares that are changed, too; where they are not, the buyer's gives way.
        value_added_share: Option<&'a [f64]>,
    },
}

/// The cells of one table.
pub(super) struct Cells<'a> {
    pub axis: &'a Axis,
    /// Categories of final demand.
    pub categories: usize,
    /// Which economies are groups.
    pub groups: Vec<bool>,
    pub gradient: &'a Gradient,
    pub changed: Changed<'a>,
}

impl Cells<'_> {
    fn matrix(&self) -> &DMatrix<f64> {
        match &self.changed {
            Changed::Flows(first_order) => first_order.flows(),
            Changed::Coefficients { coefficients, .. } => coefficients,
        }
    }

    /// Columns: industries and, of flows, final demand.
    pub fn columns(&self) -> usize {
        self.matrix().ncols()
    }

    /// Calls `visit(row)` for every cell of a column that is not zero, in the order of the table. The row below the last
    /// is that of the value-added share.
    pub fn each_row(&self, column: usize, mut visit: impl FnMut(usize)) {
        let matrix = self.matrix();
        let n = matrix.nrows();
        let cells = &matrix.as_slice()[column * n..(column + 1) * n];
        for (row, _) in cells.iter().enumerate().filter(|(_, cell)| **cell != 0.0) {
            visit(row);
        }
        if let Changed::Coefficients { value_added_share: Some(shares), .. } = &self.changed
            && shares[column] != 0.0
        {
            visit(n);
        }
    }

    /// What is changed, and the derivative by it.
    fn slope(&self, row: usize, column: usize) -> (f64, f64) {
        match &self.changed {
            Changed::Flows(first_order) => {
                (first_order.flows()[(row, column)], self.gradient.flow(row, self.buying(column)))
            }
            Changed::Coefficients { value_added_share: Some(shares), .. } if self.is_value_added(row) => {
                (shares[column], self.gradient.value_added_share(column))
            }
            Changed::Coefficients { coefficients, value_added_share: Some(_), .. } => {
                (coefficients[(row, column)], self.gradient.coefficient(row, column))
            }
            Changed::Coefficients { coefficients, value_added_share: None, .. } => {
                (coefficients[(row, column)], self.gradient.coefficient_at_cost_of_value_added(row, column))
            }
        }
    }

    fn variance_share(&self, row: usize, column: usize) -> f64 {
        match &self.changed {
            Changed::Flows(first_order) => first_order.part(row, column),
            Changed::Coefficients { .. } => f64::NAN,
        }
    }

    /// What a cell is ranked by: that of [`Row::rank`], and nothing else computed.
    pub fn rank(&self, row: usize, column: usize, by: Rank) -> f64 {
        match by {
            Rank::Effect => {
                let (base, derivative) = self.slope(row, column);
                (base * derivative).abs()
            }
            Rank::Variance => self.variance_share(row, column),
        }
    }

    pub fn effect(&self, row: usize, column: usize) -> Effect {
        let (base, derivative) = self.slope(row, column);
        Effect {
            flow: match &self.changed {
                Changed::Flows(_) => base,
                Changed::Coefficients { output, .. } => base * output[column],
            },
            base,
            weighted: base * derivative,
            derivative,
            variance_share: self.variance_share(row, column),
        }
    }

    /// A cell as a row of the result.
    pub fn row(&self, row: usize, column: usize) -> Row {
        let (seller, buyer) = (self.seller(row, column), self.buyer(column));
        Row {
            seller: if self.is_value_added(row) { seller } else { self.told_by_member(seller, row) },
            buyer: if column < self.axis.n_rows() { self.told_by_member(buyer, column) } else { buyer },
            effect: self.effect(row, column),
        }
    }

    /// Inside a group two members have the same sector, and the row is told in its place.
    fn told_by_member(&self, place: Place, row: usize) -> Place {
        if self.groups[place.economy as usize] {
            Place { sector: (self.value_added_label() + 1 + row) as u32, ..place }
        } else {
            place
        }
    }

    /// Labels behind that of value added: `MEMBER.sector` of every row, where there are groups.
    pub fn member_labels(&self) -> Vec<String> {
        let any = self.groups.contains(&true);
        if any { (0..self.axis.n_rows()).map(|row| self.axis.row_label(row)).collect() } else { Vec::new() }
    }

    /// Who sells a cell: what sells a value-added share is the economy of its industry, under a label of its own.
    pub fn seller(&self, row: usize, column: usize) -> Place {
        if self.is_value_added(row) {
            Place { economy: self.axis.economy_of(column) as u32, sector: self.value_added_label() as u32 }
        } else {
            self.industry(row)
        }
    }

    /// Who buys a column.
    pub fn buyer(&self, column: usize) -> Place {
        match self.buying(column) {
            Buyer::Industry(row) => self.industry(row),
            Buyer::FinalDemand(economy) => {
                let category = (column - self.axis.n_rows()) % self.categories;
                Place { economy: economy as u32, sector: (self.axis.n_sectors() + category) as u32 }
            }
        }
    }

    fn buying(&self, column: usize) -> Buyer {
        let n = self.axis.n_rows();
        if column < n { Buyer::Industry(column) } else { Buyer::FinalDemand((column - n) / self.categories) }
    }

    fn industry(&self, row: usize) -> Place {
        Place { economy: self.axis.economy_of(row) as u32, sector: self.axis.sector_of(row) as u32 }
    }

    pub fn is_value_added(&self, row: usize) -> bool {
        row == self.axis.n_rows()
    }

    /// Position of value added behind sectors and categories.
    pub fn value_added_label(&self) -> usize {
        self.axis.n_sectors() + self.categories
    }
}
