"""What each kind of report says, as pages of sections: words and numbers from summaries, pictures from results."""
