"""The recipe for rows of tables, explained column by column."""
