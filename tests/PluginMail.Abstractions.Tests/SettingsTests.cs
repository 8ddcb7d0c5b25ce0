namespace PluginMail.Abstractions.Tests;

/// <summary>Bounded durations and sizes of a table that knows only the reads without bounds.</summary>
public sealed class SettingsTests
{
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(100, null)]
    [InlineData(2_000, null)]
    [InlineData(60_000, null)]
    [InlineData(0, "a duration from 100ms to 1m")]
    [InlineData(99, "a duration from 100ms to 1m")]
    [InlineData(60_001, "a duration from 100ms to 1m")]
    public void A_duration_outside_its_bounds_is_rejected_and_reads_as_the_default(int milliseconds, string? expected)
    {
        var written = TimeSpan.FromMilliseconds(milliseconds);
        var table = new Table(written);
        var read = ((ISettings)table).GetDuration("k", Default, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Assert.Equal(expected is null ? written : Default, read);
        Assert.Equal(expected is null ? [] : [$"k: {expected}"], table.Rejected);
    }

    [Theory]
    [InlineData(1024, null)]
    [InlineData(1 << 30, null)]
    [InlineData(1023, "a size from 1K to 1G")]
    [InlineData((1 << 30) + 1, "a size from 1K to 1G")]
    public void A_size_outside_its_bounds_is_rejected_and_reads_as_the_default(long written, string? expected)
    {
        var table = new Table(written);
        Assert.Equal(expected is null ? written : 4096, ((ISettings)table).GetSize("k", 4096, 1 << 10, 1 << 30));
        Assert.Equal(expected is null ? [] : [$"k: {expected}"], table.Rejected);
    }

    [Fact]
    public void The_greatest_value_of_all_is_no_bound()
    {
        var table = new Table(TimeSpan.Zero);
        Assert.Equal(Default, ((ISettings)table).GetDuration("k", Default, TimeSpan.FromHours(25.5), TimeSpan.MaxValue));
        var sizes = new Table(0L);
        Assert.Equal(7, ((ISettings)sizes).GetSize("k", 7, 1000, long.MaxValue));
        Assert.Equal(["k: a duration of at least 1d1h30m", "k: a size of at least 1000"], [.. table.Rejected, .. sizes.Rejected]);
    }

    [Fact]
    public void A_default_that_is_outside_the_bounds_is_no_fault_of_the_table()
    {
        var table = new Table(null);
        Assert.Equal(TimeSpan.Zero, ((ISettings)table).GetDuration("k", TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)));
        Assert.Equal(0, ((ISettings)table).GetSize("k", 0, 1, 10));
        Assert.Empty(table.Rejected);
    }

    /// <summary>A table with one key, or with none.</summary>
    private sealed class Table(object? value) : ISettings
    {
        public List<string> Rejected { get; } = [];

        public bool Contains(string key) => value is not null;

        public string GetString(string key, string defaultValue) => Get(defaultValue);

        public bool GetBoolean(string key, bool defaultValue) => Get(defaultValue);

        public long GetInteger(string key, long defaultValue, long minimum, long maximum) => Get(defaultValue);

        public double GetNumber(string key, double defaultValue, double minimum, double maximum) => Get(defaultValue);

        public TimeSpan GetDuration(string key, TimeSpan defaultValue) => Get(defaultValue);

        public long GetSize(string key, long defaultValue) => Get(defaultValue);

        public TEnum GetEnum<TEnum>(string key, TEnum defaultValue)
            where TEnum : struct, Enum => Get(defaultValue);

        public IReadOnlyList<string> GetStrings(string key, IReadOnlyList<string> defaultValue) => Get(defaultValue);

        public ISettings GetTable(string key) => new Table(null);

        public IReadOnlyList<ISettings> GetTables(string key) => [];

        public void Reject(string key, string expected) => Rejected.Add($"{key}: {expected}");

        private T Get<T>(T defaultValue) => value is T typed ? typed : defaultValue;
    }
}
