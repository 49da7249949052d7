//! Tables with many rows, for other programs: Parquet and CSV.
//!
//! A [`Table`] has named columns of equal length and says in its metadata where it comes from. The
//! same table gives the same bytes on every run and machine: nothing but the table is in the file.
//! What is unknown is a null in Parquet and an empty cell in CSV, never a NaN. CSV has no place for
//! metadata, and none for the difference between an empty text and an unknown one.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

/// Named columns of equal length, and what they are about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Columns by name, in their order.
    pub columns: Vec<(String, Column)>,
    /// What the table is about: key, value.
    pub metadata: Vec<(String, String)>,
}

/// The cells of a column, from the first row to the last; `None` where there is nothing to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Numbers, all finite.
    Number(Vec<Option<f64>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// True or false.
    Truth(Vec<Option<bool>>),
    /// Text; cells may share it.
    Text(Vec<Option<Arc<str>>>),
}

impl Column {
    /// Number of cells.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Number(cells) => cells.len(),
            Self::Integer(cells) => cells.len(),
            Self::Truth(cells) => cells.len(),
            Self::Text(cells) => cells.len(),
        }
    }
}

impl Table {
    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.n_rows())
    }

    /// The column called `name`.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(own, _)| own == name).map(|(_, column)| column)
    }

    /// The value of a key of the metadata.
    #[must_use]
    pub fn about(&self, key: &str) -> Option<&str> {
        self.metadata.iter().find(|(own, _)| own == key).map(|(_, value)| value.as_str())
    }
}

/// Why a table cannot be written, or a file is no table of ours.
#[derive(Clone, Debug, PartialEq)]
pub enum NoTable {
    /// A column has another length than the first.
    Ragged(String),
    /// Two columns have this name.
    Twice(String),
    /// A number is infinite or not a number.
    NotFinite {
        /// Of which column.
        column: String,
        /// In which row, from 0.
        row: usize,
    },
    /// A column of the file is of a kind that no table has: nested, or another type.
    Kind(String),
    /// What the reader or writer of the format says.
    Format(String),
}

impl fmt::Display for NoTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged(column) => write!(f, "column `{column}` has another number of rows"),
            Self::Twice(column) => write!(f, "two columns are called `{column}`"),
            Self::NotFinite { column, row } => {
                write!(f, "row {row} of column `{column}` is not a finite number")
            }
            Self::Kind(column) => write!(
                f,
                "column `{column}` holds neither numbers (double), whole numbers (int64), booleans \
                 nor text"
            ),
            Self::Format(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for NoTable {}

impl From<ParquetError> for NoTable {
    fn from(error: ParquetError) -> Self {
        Self::Format(error.to_string())
    }
}

/// The table as a Parquet file: one row group, every column optional, compressed with Snappy.
///
/// # Errors
/// Columns of different length or with the same name; numbers that are not finite.
pub fn parquet(table: &Table) -> Result<Vec<u8>, NoTable> {
    check(table)?;
    let fields = table.columns.iter().map(|(name, column)| {
        let (kind, meaning) = match column {
            Column::Number(_) => (Physical::DOUBLE, None),
            Column::Integer(_) => (Physical::INT64, None),
            Column::Truth(_) => (Physical::BOOLEAN, None),
            Column::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let field = Type::primitive_type_builder(name, kind)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(meaning);
        field.build().map(Arc::new)
    });
    let fields = fields.collect::<Result<_, _>>()?;
    let schema = Type::group_type_builder("table").with_fields(fields).build()?;
    let metadata =
        table.metadata.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(metadata.collect()))
        .build();
    let mut file = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut file, Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for (_, column) in &table.columns {
        match column {
            Column::Number(cells) => write::<DoubleType>(&mut group, cells)?,
            Column::Integer(cells) => write::<Int64Type>(&mut group, cells)?,
            Column::Truth(cells) => write::<BoolType>(&mut group, cells)?,
            Column::Text(cells) => {
                let bytes = |cell: &Option<Arc<str>>| cell.as_deref().map(ByteArray::from);
                let cells: Vec<Option<ByteArray>> = cells.iter().map(bytes).collect();
                write::<ByteArrayType>(&mut group, &cells)?;
            }
        }
    }
    group.close()?;
    writer.close()?;
    Ok(file)
}

/// The table in a Parquet file, with its metadata. Other tools may have written it, as long as its
/// columns are plain doubles, int64s, booleans or texts.
///
/// # Errors
/// Not a Parquet file, damaged, or with columns of another kind.
pub fn read_parquet(file: &[u8]) -> Result<Table, NoTable> {
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(file))?;
    let about = reader.metadata().file_metadata();
    let metadata = about.key_value_metadata().into_iter().flatten();
    let mut table = Table {
        columns: Vec::new(),
        metadata: metadata
            .map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default()))
            .collect(),
    };
    for described in about.schema_descr().columns() {
        let name = described.path().string();
        let is_text = described.logical_type_ref().is_some_and(|l| *l == LogicalType::String);
        let empty = match described.physical_type() {
            _ if described.max_rep_level() > 0 || described.max_def_level() > 1 => None,
            Physical::DOUBLE => Some(Column::Number(Vec::new())),
            Physical::INT64 => Some(Column::Integer(Vec::new())),
            Physical::BOOLEAN => Some(Column::Truth(Vec::new())),
            Physical::BYTE_ARRAY if is_text => Some(Column::Text(Vec::new())),
            _ => None,
        };
        let empty = empty.ok_or_else(|| NoTable::Kind(name.clone()))?;
        table.columns.push((name, empty));
    }
    for index in 0..reader.num_row_groups() {
        let group = reader.get_row_group(index)?;
        for (i, (name, column)) in table.columns.iter_mut().enumerate() {
            match column {
                Column::Number(cells) => cells.extend(read::<DoubleType>(&*group, i)?),
                Column::Integer(cells) => cells.extend(read::<Int64Type>(&*group, i)?),
                Column::Truth(cells) => cells.extend(read::<BoolType>(&*group, i)?),
                Column::Text(cells) => {
                    for cell in read::<ByteArrayType>(&*group, i)? {
                        let text = cell.map(|bytes| bytes.as_utf8().map(Arc::from));
                        cells.push(text.transpose().map_err(|_| NoTable::Kind(name.clone()))?);
                    }
                }
            }
        }
    }
    check(&table)?;
    Ok(table)
}

/// The table as CSV (RFC 4180, lines end in a line feed): a line of names, then one line per row.
/// Numbers are written with the fewest digits that read back as the same number.
///
/// # Errors
/// As [`parquet()`].
pub fn csv(table: &Table) -> Result<Vec<u8>, NoTable> {
    check(table)?;
    let unwritable = |error: csv::Error| NoTable::Format(error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(table.columns.iter().map(|(name, _)| name)).map_err(unwritable)?;
    for row in 0..table.n_rows() {
        let cells = table.columns.iter().map(|(_, column)| {
            let cell = match column {
                Column::Number(cells) => cells[row].map(|x| format!("{x:?}")),
                Column::Integer(cells) => cells[row].map(|x| x.to_string()),
                Column::Truth(cells) => cells[row].map(|x| x.to_string()),
                Column::Text(cells) => cells[row].as_deref().map(str::to_owned),
            };
            cell.unwrap_or_default()
        });
        writer.write_record(cells).map_err(unwritable)?;
    }
    writer.into_inner().map_err(|error| NoTable::Format(error.to_string()))
}

fn check(table: &Table) -> Result<(), NoTable> {
    for (i, (name, column)) in table.columns.iter().enumerate() {
        if column.n_rows() != table.n_rows() {
            return Err(NoTable::Ragged(name.clone()));
        }
        if table.columns[..i].iter().any(|(other, _)| other == name) {
            return Err(NoTable::Twice(name.clone()));
        }
        if let Column::Number(cells) = column
            && let Some(row) = cells.iter().position(|cell| cell.is_some_and(|x| !x.is_finite()))
        {
            return Err(NoTable::NotFinite { column: name.clone(), row });
        }
    }
    Ok(())
}

fn write<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    cells: &[Option<T::T>],
) -> Result<(), NoTable> {
    let mut column = group.next_column()?.expect("the schema has a field for each column");
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let present: Vec<T::T> = cells.iter().flatten().cloned().collect();
    column.typed::<T>().write_batch(&present, Some(&levels), None)?;
    Ok(column.close()?)
}

/// The cells of column `index`, which is of type `T` and not nested.
fn read<T: DataType>(
    group: &dyn RowGroupReader,
    index: usize,
) -> Result<Vec<Option<T::T>>, NoTable> {
    let n_rows = usize::try_from(group.metadata().num_rows())
        .map_err(|_| NoTable::Format("a negative number of rows".to_owned()))?;
    let is_optional = group.metadata().column(index).column_descr().max_def_level() > 0;
    let mut column = get_typed_column_reader::<T>(group.get_column_reader(index)?);
    let (mut present, mut levels) = (Vec::new(), Vec::new());
    column.read_records(n_rows, Some(&mut levels), None, &mut present)?;
    if !is_optional {
        return Ok(present.into_iter().map(Some).collect());
    }
    let mut present = present.into_iter();
    Ok(levels.iter().map(|&level| if level == 1 { present.next() } else { None }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn small() -> Table {
        let column = |name: &str, column| (name.to_owned(), column);
        Table {
            columns: vec![
                column("p", Column::Number(vec![Some(0.1), None, Some(-1e-300)])),
                column("rung", Column::Integer(vec![Some(8), Some(-3), None])),
                column("is_act", Column::Truth(vec![Some(true), None, Some(false)])),
                column(
                    "move",
                    Column::Text(vec![Some("a, \"b\"\nc".into()), None, Some("Θ".into())]),
                ),
            ],
            metadata: vec![("seed".to_owned(), "1".to_owned()), ("a".to_owned(), String::new())],
        }
    }

    #[test]
    fn a_table_reads_back_as_it_was_written_byte_for_byte() {
        let table = small();
        let file = parquet(&table).unwrap();
        assert_eq!(read_parquet(&file).unwrap(), table);
        assert_eq!(file, parquet(&table).unwrap());
        assert_eq!((&file[..4], &file[file.len() - 4..]), (&b"PAR1"[..], &b"PAR1"[..]));
        assert_eq!((table.n_rows(), table.about("seed"), table.about("b")), (3, Some("1"), None));
        assert_eq!(table.column("rung").map(Column::n_rows), Some(3));
    }

    #[test]
    fn csv_is_quoted_as_rfc_4180_has_it() {
        let text = "p,rung,is_act,move\n0.1,8,true,\"a, \"\"b\"\"\nc\"\n,-3,,\n-1e-300,,false,Θ\n";
        assert_eq!(String::from_utf8(csv(&small()).unwrap()).unwrap(), text);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let with = |column: Column| {
            let mut table = small();
            table.columns.push(("last".to_owned(), column));
            table
        };
        let ragged = with(Column::Integer(vec![Some(1)]));
        assert_eq!(parquet(&ragged), Err(NoTable::Ragged("last".to_owned())));
        assert_eq!(csv(&ragged), Err(NoTable::Ragged("last".to_owned())));
        let infinite = with(Column::Number(vec![None, Some(f64::INFINITY), Some(f64::NAN)]));
        let refused = NoTable::NotFinite { column: "last".to_owned(), row: 1 };
        assert_eq!(parquet(&infinite), Err(refused));
        let mut twice = small();
        twice.columns[1].0 = "p".to_owned();
        assert_eq!(parquet(&twice), Err(NoTable::Twice("p".to_owned())));
        assert!(matches!(read_parquet(b"PAR1 and nothing PAR1"), Err(NoTable::Format(_))));
        let file = parquet(&small()).unwrap();
        for length in 0..file.len() {
            assert!(read_parquet(&file[..length]).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn a_table_without_rows_or_columns_is_a_table() {
        let no_rows = Table {
            columns: vec![("x".to_owned(), Column::Number(Vec::new()))],
            metadata: Vec::new(),
        };
        for table in [no_rows, Table::default()] {
            assert_eq!(read_parquet(&parquet(&table).unwrap()).unwrap(), table);
        }
    }

    proptest! {
        #[test]
        fn any_finite_cells_survive_both_formats(
            numbers in prop::collection::vec(prop::option::of(prop::num::f64::NORMAL | prop::num::f64::ZERO), 1..3000),
        ) {
            let table = Table { columns: vec![("x".to_owned(), Column::Number(numbers.clone())), ("y".to_owned(), Column::Integer(vec![Some(1); numbers.len()]))], metadata: Vec::new() };
            prop_assert_eq!(&read_parquet(&parquet(&table).unwrap()).unwrap(), &table);
            let text = csv(&table).unwrap();
            let mut lines = csv::Reader::from_reader(&text[..]);
            let back: Vec<Option<f64>> =
                lines.records().map(|line| line.unwrap()[0].parse().ok()).collect();
            prop_assert_eq!(back, numbers);
        }
    }
}
