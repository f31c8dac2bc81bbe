"""What several pages are made of: tables, sentences, bars."""
